/** Whether a request was made by a page of another web site, through the browser of somebody who can reach this member. */
import type { IncomingMessage } from 'node:http';
import { isSafe } from '../http/methods';

export interface CrossSiteRules {
  /** Origins whose pages may use the API; `*` is all of them, empty is none. */
  readonly cors: readonly string[];
  /** Pages of any site may write, as with etcd. */
  readonly crossSiteWrites: boolean;
}

/**
 * A form or a script of any site can send a POST, and its reader's browser may stand inside the network (CVE-2018-1098). Only
 * browsers set these headers, and no page can change them: other clients never notice. Sec-Fetch-Site says it in so many words; a
 * browser that has only Origin is asked whether that is the server it speaks to.
 */
export function isCrossSite({ headers }: IncomingMessage, rules: CrossSiteRules): boolean {
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if ((site === undefined && origin === undefined) || rules.crossSiteWrites) return false;
  if (rules.cors.includes('*') || (origin !== undefined && rules.cors.includes(origin))) return false;
  // What the address bar asks for is `none`.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined && !isOriginOf(origin, headers.host);
}

/** The same for a request whose method says that it changes something. */
export function isCrossSiteWrite(request: IncomingMessage, rules: CrossSiteRules): boolean {
  return !isSafe(request.method) && isCrossSite(request, rules);
}

/** An origin leaves out the port that its scheme implies, and so does a Host header. */
function isOriginOf(origin: string, host: string | undefined): boolean {
  const authority = /^https?:\/\/(.+)$/i.exec(origin)?.[1];
  return authority !== undefined && authority.toLowerCase() === host?.toLowerCase();
}

/** Whether a page in a browser made it, of whatever site: no page has any business on a peer port. */
export function isOfPage({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}
