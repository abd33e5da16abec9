/** Answers that point elsewhere: of a proxy, of a path that was not clean, of members of etcd 0.4 that do not lead. */
import type { IncomingHttpHeaders } from 'node:http';

const REDIRECTS = [301, 302, 307, 308];
export const REDIRECTS_MAX = 5;

/**
 * Where an answer points to; undefined if nowhere. Nothing was carried out by whoever answers so. Throws if it points to something that
 * is not encrypted, or to no URL at all.
 */
export function redirectOf(from: URL, status: number, { location }: IncomingHttpHeaders): URL | undefined {
  if (!REDIRECTS.includes(status) || location === undefined) return undefined;
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to === undefined || (to.protocol !== 'http:' && to.protocol !== 'https:'))
    throw new Error(`the answer of ${from.host} points to what is no URL`);
  if (from.protocol === 'https:' && to.protocol !== 'https:')
    throw new Error(`the answer of ${from.host} points to ${to.origin}, which is not encrypted; it is not followed`);
  return to;
}
