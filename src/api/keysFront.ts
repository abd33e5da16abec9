/** The first middleware: CORS and OPTIONS for every request, and the whole way of a key request. */
import type { Context, Middleware } from 'koa';
import { applyCors } from './http/cors';
import { writeBadRequest } from './http/answers';
import { originForm, parseRequestTarget, type RequestTarget } from './http/requestTarget';
import type { KeysHandler } from './v2/keys/keysHandler';

const PREFIX = '/v2/keys';

const DONE = Promise.resolve();

/** The key of a path under /v2/keys, without its trailing slash; undefined for any other path. */
export function keyOf(path: string): string | undefined {
  if (!path.startsWith(PREFIX)) return undefined;
  if (path.length <= PREFIX.length + 1) return path.length === PREFIX.length || path.endsWith('/') ? '/' : undefined;
  if (path.charCodeAt(PREFIX.length) !== 0x2f) return undefined;
  return path.endsWith('/') ? path.slice(PREFIX.length, -1) : path.slice(PREFIX.length);
}

/** The router matches the cleaned path instead of the raw one, which it reads all the same: of an authority it would say that it is odd, or throw. */
export function setRouterPath(context: Context, { path }: RequestTarget): void {
  const { req: request } = context;
  request.url = originForm(request.url ?? '') ?? path;
  context['newRouterPath'] = path;
}

/**
 * Key requests are answered on Node's own response, past Koa; everything else goes on to the router, with its cleaned path.
 *
 * @param keys undefined: the key routes are not there
 */
export function keysFront(keys: KeysHandler | undefined, cors: readonly string[]): Middleware {
  return (context, next) => {
    const { req: request, res: response } = context;
    if (cors.length > 0) applyCors(cors, request.headers.origin, response);
    if (request.method === 'OPTIONS') {
      response.writeHead(200, ['Content-Length', 0]);
      response.end();
      return DONE;
    }
    const target = parseRequestTarget(request.url ?? '');
    const key = target === undefined || keys === undefined ? undefined : keyOf(target.path);
    if (target !== undefined && key === undefined) {
      setRouterPath(context, target);
      return next();
    }
    if (target === undefined || keys === undefined || key === undefined) {
      writeBadRequest(response);
      return DONE;
    }
    keys.handle(request, response, key, target.query);
    return DONE;
  };
}
