/** Which key a path of the v1 API means. */
import type { Context } from 'koa';
import { parseRequestTarget } from '../http/requestTarget';

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
  const rest = path.slice(prefix.length).replace(/\/$/, '');
  return { key: rest === '' ? '/' : rest, query };
}
