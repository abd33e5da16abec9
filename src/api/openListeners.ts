/** The listening sockets of one port option. */
import type { RequestListener } from 'node:http';
import type { ListenerOptions } from './listener';
import { Listener } from './listener';
import { ListenError } from './listenError';
import type { ListenAddress } from './options';

/** Listens on every address, or on none: rejects with ListenError, naming the first that failed. */
export async function openListeners(
  addresses: readonly ListenAddress[],
  options: ListenerOptions,
  handler: RequestListener,
): Promise<readonly Listener[]> {
  const opened: Listener[] = [];
  try {
    for (const address of addresses) {
      const isLocalhost = address.host === 'localhost';
      const first = await Listener.open(isLocalhost ? { ...address, host: '127.0.0.1' } : address, options, handler);
      opened.push(first);
      if (!isLocalhost) continue;
      const second = await openIfAvailable({ ...address, host: '::1', port: first.address.port }, options, handler);
      if (second !== undefined) opened.push(second);
    }
    return opened;
  } catch (error) {
    await Promise.all(opened.map((listener) => listener.close(0)));
    throw error;
  }
}

/** Undefined on a machine that does not have the address (IPv6 switched off). */
async function openIfAvailable(
  address: ListenAddress,
  options: ListenerOptions,
  handler: RequestListener,
): Promise<Listener | undefined> {
  try {
    return await Listener.open(address, options, handler);
  } catch (error) {
    const isMissing = error instanceof ListenError && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(error.code);
    if (isMissing) return undefined;
    throw error;
  }
}
