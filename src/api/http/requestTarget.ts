/** The request line's target: which path is meant, and which query comes with it. */
import { decodePercent } from './percent';

export interface RequestTarget {
  /** A decoded byte string that begins with `/`, without empty, `.` or `..` components; a trailing slash is kept. */
  readonly path: string;
  /** Raw, without the `?`. */
  readonly query: string;
}

/** Anything that asks for more than a look: an escape, an empty component, or one that begins with a dot. */
const UNUSUAL = /%|\/[/.]/;

/** The scheme and authority of an absolute-form target (RFC 9112 section 3.2.2), and what stands between the two of a user, a host and a port. */
const ABSOLUTE_FORM = /^[a-z][a-z0-9+.-]*:\/\/([^/?]*)/i;
const AUTHORITY = /^(?:[^@[\]]*@)?(?:\[[^@[\]]*\]|[^@:[\]]*)(?::\d*)?$/;

/**
 * Splits and decodes a request target. Paths with `//`, `/./` or `/../` are cleaned without a redirect, so that clients
 * that join paths carelessly reach their key (spec v2-api section 1, path cleaning).
 *
 * @param url a byte string
 * @returns undefined for a target without a leading slash, with an authority that is none, or with a bad escape in its path
 */
export function parseRequestTarget(url: string): RequestTarget | undefined {
  const target = originForm(url);
  if (target === undefined) return undefined;
  const question = target.indexOf('?');
  const rawPath = question < 0 ? target : ownCopy(target, question);
  const query = question < 0 ? '' : target.slice(question + 1);
  if (!rawPath.startsWith('/')) return undefined;
  if (!UNUSUAL.test(rawPath)) return { path: rawPath, query };
  const path = decodePercent(rawPath);
  return typeof path === 'string' ? { path: cleanPath(path), query } : undefined;
}

/** By so much a text may be longer than what is kept of it. */
const HELD_BESIDE_MAX = 4096;

/** The first `length` characters of a byte string. A piece of a string is no copy, and would keep a long query as long as the path is held. */
export function ownCopy(text: string, length: number): string {
  const piece = text.slice(0, length);
  return text.length - length <= HELD_BESIDE_MAX ? piece : Buffer.from(piece, 'latin1').latin1Slice();
}

/** The target as most clients write it, without scheme and authority; undefined: its authority is none. */
export function originForm(url: string): string | undefined {
  if (url.startsWith('/')) return url;
  const [whole, authority] = ABSOLUTE_FORM.exec(url) ?? [];
  if (whole === undefined || authority === undefined) return url;
  if (!AUTHORITY.test(authority)) return undefined;
  const rest = url.slice(whole.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Resolves empty, `.` and `..` components; `..` at the root stays at the root. Keeps one trailing slash. */
export function cleanPath(path: string): string {
  const components: string[] = [];
  for (const component of path.split('/')) {
    if (component === '..') components.pop();
    else if (component !== '' && component !== '.') components.push(component);
  }
  if (components.length === 0) return '/';
  const cleaned = `/${components.join('/')}`;
  return path.endsWith('/') ? `${cleaned}/` : cleaned;
}
