/** Who did what from where, and what came of it: a line of JSON for each request that changes something, takes everything, or was not allowed. */
import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http';
import { withoutUsers } from '../platform/withoutUsers';
import { verifiedNameOf } from '../tls/identity';
import { addressOf, userOf } from './http/caller';
import { isSafe } from './http/methods';
import { parseRequestTarget } from './http/requestTarget';
import { keyOf } from './keysFront';
import { lockOfPath } from './modules/lockPaths';
import { v1KeyOf } from './v1/keyPath';

/** Takes one line with its end, at once. It may not throw. */
export type AuditSink = (line: string) => void;

/** A key may be as long as a header; the rest of a longer one says no more of who did what. */
const PATH_LENGTH_MAX = 1024;

/** What reads is written down only if it was refused: for want of a name or of the right, as what comes from elsewhere, or as too many guesses. */
const NOT_ALLOWED: ReadonlySet<number> = new Set([401, 403, 421, 429]);

/** What reads there is worth a line too: any method makes a token, or it is everything that is stored, with the users' password hashes. */
const SAID_ALWAYS: ReadonlySet<string> = new Set(['/new', '/v2/admin/snapshot', '/v2/admin/log']);

/** Whoever knows a token of the discovery service can use it. */
const TOKEN = /(?<=^\/|\/_etcd\/registry\/)([0-9a-f]{6})[0-9a-f]{26}(?=$|\/)/g;

export class AuditTrail {
  /**
   * @param nowMs milliseconds since 1970
   */
  constructor(
    private readonly sink: AuditSink,
    private readonly nowMs: () => number,
  ) {}

  /** Called before anything is done with the request. Its line is written when it is over. */
  follow(request: IncomingMessage, response: ServerResponse, port: AuditedPort): void {
    // What the socket knows is gone once it is closed.
    const address = addressOf(request.socket.remoteAddress);
    const certificate = verifiedNameOf(request.socket);
    const index = indexOf(response);
    response.once('close', () => {
      if (!isWorthALine(request, response)) return;
      const { path, key } = whatOf(request.url ?? '');
      const line = {
        time: new Date(this.nowMs()).toISOString(),
        user: userOf(request),
        certificate,
        address,
        port,
        method: request.method,
        path,
        key,
        result: resultOf(response),
        status: response.headersSent ? response.statusCode : undefined,
        index: index(),
      };
      this.sink(`${JSON.stringify(line)}\n`);
    });
  }
}

export type AuditedPort = 'client' | 'metrics' | 'peer';

function isWorthALine(request: IncomingMessage, response: ServerResponse): boolean {
  if (!isSafe(request.method)) return true;
  return NOT_ALLOWED.has(response.statusCode) || SAID_ALWAYS.has(parseRequestTarget(request.url ?? '')?.path ?? '');
}

/** A write without an answer may have been done all the same. */
function resultOf({ headersSent, statusCode, writableFinished }: ServerResponse): string {
  if (!headersSent) return 'unanswered';
  if (statusCode >= 500) return 'failed';
  if (statusCode >= 400) return 'refused';
  return writableFinished ? 'ok' : 'ok, answer not taken';
}

/** Without the query, which may hold a value. The key is the one that was meant, as UTF-8. */
function whatOf(url: string): { readonly path: string; readonly key: string | undefined } {
  const target = parseRequestTarget(url);
  if (target === undefined) return { path: shown(withoutUsers(url.split('?', 1)[0] ?? '')), key: undefined };
  const key = keyOf(target.path) ?? v1KeyOf(target.path) ?? lockOfPath(target.path);
  return { path: shown(utf8(target.path)), key: key === undefined ? undefined : shown(utf8(key)) };
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function shown(text: string): string {
  const masked = text.replaceAll(TOKEN, '$1***');
  return masked.length <= PATH_LENGTH_MAX ? masked : `${masked.slice(0, PATH_LENGTH_MAX)}...`;
}

/** The key routes give their headers to `writeHead` as a flat list, which Node does not keep: it is looked at on its way. */
function indexOf(response: ServerResponse): () => number | undefined {
  let index: number | undefined;
  const writeHead = response.writeHead.bind(response) as (...parts: unknown[]) => ServerResponse;
  response.writeHead = (...parts: unknown[]): ServerResponse => {
    const list = parts.find((part): part is OutgoingHttpHeader[] => Array.isArray(part));
    const position = list?.indexOf('X-Etcd-Index') ?? -1;
    if (position >= 0) index = Number(list?.[position + 1]);
    return writeHead(...parts);
  };
  return () => index;
}
