/** As much of Go's url.Parse as decides which peer URLs etcd takes, and in which words it refuses the others. */

export interface GoUrl {
  /** Lower case; empty if there is none. */
  readonly scheme: string;
  /** `host:port` as far as there is one; without user information. */
  readonly host: string;
  readonly path: string;
}

export type ParsedUrl =
  | { readonly ok: true; readonly url: GoUrl }
  /** `complaint` is what follows `parse "URL": ` in Go's error. */
  | { readonly ok: false; readonly complaint: string };

type Piece = { readonly complaint: string } | { readonly text: string };

/** Splits a URL; a fragment and a query are dropped. */
export function parseGoUrl(text: string): ParsedUrl {
  const [raw = ''] = text.split('#', 1);
  if (/[\0-\x1f\x7f]/.test(raw)) return refuse('net/url: invalid control character in URL');
  if (raw.startsWith(':')) return refuse('missing protocol scheme');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(raw)?.[1] ?? '';
  const [rest = ''] = (scheme === '' ? raw : raw.slice(scheme.length + 1)).split('?', 1);
  if (!rest.startsWith('/')) return parseRootless(scheme, rest);
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'));
  const pathStart = hasAuthority ? rest.indexOf('/', 2) : 0;
  const authority = hasAuthority ? rest.slice(2, pathStart < 0 ? undefined : pathStart) : '';
  const path = pathStart < 0 ? '' : rest.slice(pathStart);
  const host = parseAuthority(authority);
  if ('complaint' in host) return refuse(host.complaint);
  const badEscape = badEscapeIn(path);
  if (badEscape !== undefined) return refuse(badEscape);
  return { ok: true, url: { scheme: scheme.toLowerCase(), host: host.text, path } };
}

function refuse(complaint: string): ParsedUrl {
  return { ok: false, complaint };
}

/** `mailto:someone` has a scheme and nothing that could be taken apart; without a scheme it is a relative path. */
function parseRootless(scheme: string, rest: string): ParsedUrl {
  if (scheme !== '') return { ok: true, url: { scheme: scheme.toLowerCase(), host: '', path: '' } };
  if (/^[^/]*:/.test(rest)) return refuse('first path segment in URL cannot contain colon');
  const badEscape = badEscapeIn(rest);
  return badEscape === undefined ? { ok: true, url: { scheme: '', host: '', path: rest } } : refuse(badEscape);
}

function parseAuthority(authority: string): Piece {
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, Math.max(at, 0));
  if (/[^A-Za-z0-9\-._:~!$&'()*+,;=%@]/.test(user)) return { complaint: 'net/url: invalid userinfo' };
  const host = authority.slice(at + 1);
  const badEscape = badEscapeIn(user);
  return badEscape === undefined ? parseHost(host) : { complaint: badEscape };
}

function parseHost(host: string): Piece {
  const bracketed = host.startsWith('[');
  const bracket = bracketed ? host.lastIndexOf(']') : -1;
  if (bracketed && bracket < 0) return { complaint: "missing ']' in host" };
  const colon = host.lastIndexOf(':');
  const portStart = bracketed ? bracket + 1 : colon < 0 ? host.length : colon;
  const port = host.slice(portStart);
  if (!/^(:[0-9]*)?$/.test(port)) return { complaint: `invalid port ${goQuote(port)} after host` };
  const badEscape = badHostEscapeIn(host.slice(0, portStart), bracketed);
  if (badEscape !== undefined) return { complaint: badEscape };
  const badCharacter = /[ #/?@\\^`{|}]/.exec(host)?.[0];
  if (badCharacter !== undefined) {
    return { complaint: `invalid character ${goQuote(badCharacter)} in host name` };
  }
  return { text: host };
}

function badEscapeIn(text: string): string | undefined {
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text)?.[0];
  return escape === undefined ? undefined : `invalid URL escape ${goQuote(escape)}`;
}

/** ASCII in a host must not be escaped, so that a host has one spelling; only a zone (RFC 6874) may have any escape. */
function badHostEscapeIn(host: string, bracketed: boolean): string | undefined {
  const zone = bracketed ? host.indexOf('%25') : -1;
  const address = zone < 0 ? host : host.slice(0, zone);
  const ascii = /%(?!25)[0-7][0-9a-fA-F]/.exec(address)?.[0];
  return badEscapeIn(host) ?? (ascii === undefined ? undefined : `invalid URL escape ${goQuote(ascii)}`);
}

/** Go's %q. */
export function goQuote(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replace(/[\0-\x1f\x7f]/g, (character) => {
    const short = SHORT_ESCAPES.get(character);
    return short ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}

const SHORT_ESCAPES = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
]);
