/** Which key a path of the v1 API means. */
import type { Context } from 'koa';
import { parseRequestTarget } from '../http/requestTarget';

/** Where the routes of keys and of watches begin. */
export const KEYS = '/v1/keys';
export const WATCH = '/v1/watch';

export interface KeyTarget {
  /** Clean, as a byte string, without a slash at its end. */
  readonly key: string;
  /** Raw. */
  readonly query: string;
}

/** @param prefix of the route, such as `/v1/keys`; the router has seen to it that the path begins so */
export function keyTarget(context: Context, prefix: string): KeyTarget {
  // The router was given the clean path, so there is one.
  const { path, query } = parseRequestTarget(context.req.url ?? '') ?? { path: prefix, query: '' };
  return { key: keyBelow(prefix, path), query };
}

/** The key that a clean path reads, writes or watches; undefined: it is none of these routes. */
export function v1KeyOf(path: string): string | undefined {
  const prefix = [KEYS, WATCH].find((route) => path.startsWith(`${route}/`));
  return prefix === undefined ? undefined : keyBelow(prefix, path);
}

function keyBelow(prefix: string, path: string): string {
  const rest = path.slice(prefix.length).replace(/\/$/, '');
  return rest === '' ? '/' : rest;
}
