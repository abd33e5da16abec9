import type { Socket } from 'node:net';

/** The connection that TLS runs on, which Node.js keeps under this name. */
export function underlyingOf(socket: object): Socket | undefined {
  const raw: unknown = Reflect.get(socket, '_parent');
  return typeof raw === 'object' && raw !== null ? (raw as Socket) : undefined;
}
