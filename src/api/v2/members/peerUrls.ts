/** The peer URLs of a membership request: which lists are taken, and the words in which others are refused. */
import { URL_BYTES_MAX, URLS_MAX } from '../../../machine/commandRules';
import { goQuote, parseGoUrl } from './goUrl';

export type PeerUrls =
  { readonly ok: true; readonly urls: readonly string[] } | { readonly ok: false; readonly message: string };

const SCHEMES = ['http', 'https', 'unix', 'unixs'];

/** A name or IPv4 address and a port, or an IPv6 address in brackets and a port; both may be empty. */
const HOST_AND_PORT = /^([^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/;

/**
 * Checks every URL, in order (spec v2-api section 8, members; the rest as seen on 3.4). The result is sorted, without blanks
 * around the URLs and with non-ASCII characters escaped; half a surrogate pair is U+FFFD, as Go reads it.
 */
export function parsePeerUrls(texts: readonly string[]): PeerUrls {
  if (texts.length === 0) return { ok: false, message: 'no valid URLs given' };
  if (texts.length > URLS_MAX) return { ok: false, message: `a member has at most ${URLS_MAX} peer URLs` };
  const urls: string[] = [];
  for (const text of texts.map((each) => each.trim())) {
    const message = complaintAbout(text);
    if (message !== undefined) return { ok: false, message };
    const url = canonical(text);
    if (url.length > URL_BYTES_MAX) return { ok: false, message: `a peer URL has at most ${URL_BYTES_MAX} bytes` };
    urls.push(url);
  }
  return { ok: true, urls: urls.sort() };
}

function complaintAbout(text: string): string | undefined {
  const parsed = parseGoUrl(text);
  if (!parsed.ok) return `parse ${goQuote(text)}: ${parsed.complaint}`;
  const { scheme, host, path } = parsed.url;
  if (!SCHEMES.includes(scheme)) return `URL scheme must be http, https, unix, or unixs: ${text}`;
  if (!HOST_AND_PORT.test(host)) return `URL address does not have the form "host:port": ${text}`;
  return path === '' ? undefined : `URL must not contain a path: ${text}`;
}

function canonical(text: string): string {
  const lowerScheme = text.replace(/^[^:]*/, (scheme) => scheme.toLowerCase());
  return lowerScheme.replace(/[^\0-\x7f]+/g, (characters) => encodeURIComponent(Buffer.from(characters).toString()));
}
