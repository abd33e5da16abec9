/** Which requests only read, whatever their method seems to say. */
import type { IncomingMessage } from 'node:http';
import type { ProxiedTarget } from './environment';
import { hasBody } from './headers';

/** Any method makes a discovery token there. */
const NEW_TOKEN = '/new';

/** It can be asked of another member too. */
export function isRead(request: IncomingMessage, target: ProxiedTarget): boolean {
  return ['GET', 'HEAD'].includes(request.method ?? '') && !makesToken(target) && !hasBody(request);
}

export function makesToken({ path }: ProxiedTarget): boolean {
  return path === NEW_TOKEN;
}
