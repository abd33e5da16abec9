/** Who a request says it is from: HTTP's Basic credentials as Go reads them, or the client certificate of its connection. */
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';

export type Credentials =
  /** It does not say. */
  | { readonly kind: 'none' }
  /** A name and a password to be checked; the password as bytes. */
  | { readonly kind: 'basic'; readonly name: string; readonly password: Buffer }
  /** A name that whoever signed the certificate has vouched for. */
  | { readonly kind: 'certificate'; readonly name: string }
  /** A header that nobody can read: never taken for none. */
  | { readonly kind: 'unreadable' };

export const NO_CREDENTIALS: Credentials = { kind: 'none' };
const UNREADABLE: Credentials = { kind: 'unreadable' };

const BASIC = /^basic /i;
/** Go takes no other alphabet, and the padding has to be there. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const COLON = 0x3a;

/**
 * A header wins over a certificate, also one that cannot be read; an empty header is none (spec v2-api section 9).
 *
 * @param certificateName the common name in the verified certificate of the connection, where those count
 */
export function credentialsOf(headers: IncomingHttpHeaders, certificateName: string | undefined): Credentials {
  const { authorization = '' } = headers;
  if (authorization !== '') return basicCredentials(authorization);
  return certificateName === undefined ? NO_CREDENTIALS : { kind: 'certificate', name: certificateName };
}

/** Names are text, and one that is not UTF-8 is nobody's: it must not become a name that only looks like it. */
function basicCredentials(header: string): Credentials {
  const encoded = header.replace(BASIC, '');
  if (encoded.length === header.length || !BASE64.test(encoded)) return UNREADABLE;
  const bytes = Buffer.from(encoded, 'base64');
  const colon = bytes.indexOf(COLON);
  const name = bytes.subarray(0, colon);
  if (colon < 0 || !isUtf8(name)) return UNREADABLE;
  return { kind: 'basic', name: name.toString('utf8'), password: bytes.subarray(colon + 1) };
}
