/** Lists of revoked certificates (RFC 5280 section 5). OpenSSL checks connections against them; here only their form and dates are looked at. */
import { TlsFileError } from './errors';
import { named, type TlsText } from './files';
import { loadX509 } from './x509';

const CRL_BLOCK = /-----BEGIN X509 CRL-----([\s\S]*?)-----END X509 CRL-----/g;

/** Until when the lists of a file count. */
export interface Revocations {
  /** Each list by itself: of a text with several Node.js reads the first only. */
  readonly pem: readonly string[];
  /** Milliseconds since 1970; Infinity if none of them says. */
  readonly nextUpdateMs: number;
}

/** Rejects with TlsFileError. */
export async function revocationsOf({ file, text }: TlsText): Promise<Revocations> {
  const blocks = [...text.matchAll(CRL_BLOCK)];
  if (blocks.length === 0) {
    const message =
      `${named(file)} has no list of revoked certificates in PEM form, expected -----BEGIN X509 CRL-----; give such a file ` +
      '(openssl crl -inform DER -in FILE -out NEW)';
    throw new TlsFileError('notPem', message);
  }
  const { X509Crl } = await loadX509();
  let nextUpdateMs = Infinity;
  for (const [index, [, body = '']] of blocks.entries()) {
    try {
      const { nextUpdate } = new X509Crl(Buffer.from(body, 'base64'));
      nextUpdateMs = Math.min(nextUpdateMs, nextUpdate?.getTime() ?? Infinity);
    } catch {
      const message = `${named(file)}: list ${index + 1} of ${blocks.length} is damaged; fetch the file anew`;
      throw new TlsFileError('notPem', message);
    }
  }
  return { pem: blocks.map(([block]) => block), nextUpdateMs };
}
