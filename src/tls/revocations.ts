/** Lists of revoked certificates (RFC 5280 section 5). OpenSSL checks connections against them; here only their form and dates are looked at. */
import { TlsFileError } from './errors';
import { named, type TlsText } from './files';
import { pemBlocksOf } from './pem';
import { loadX509 } from './x509';

const LABELS = ['X509 CRL'];

/** When the first of the lists of a file ends, and since when that one counts; milliseconds since 1970. */
export interface RevocationsTime {
  readonly fromMs: number;
  readonly endMs: number;
}

export interface Revocations {
  /** Each list by itself: of a text with several Node.js reads the first only. */
  readonly pem: readonly string[];
  /** Undefined if none of them says. */
  readonly time: RevocationsTime | undefined;
  /** When each of them ends, milliseconds since 1970; Infinity: it does not say. */
  readonly endsMs: readonly number[];
}

/** Rejects with TlsFileError. */
export async function revocationsOf({ file, text }: TlsText): Promise<Revocations> {
  const blocks = pemBlocksOf(text, LABELS);
  if (blocks.length === 0) {
    const message =
      `${named(file)} has no list of revoked certificates in PEM form, expected -----BEGIN X509 CRL-----; give such a file ` +
      '(openssl crl -inform DER -in FILE -out NEW)';
    throw new TlsFileError('notPem', message);
  }
  const { X509Crl } = await loadX509();
  let time: RevocationsTime | undefined;
  const endsMs: number[] = [];
  for (const [index, { body }] of blocks.entries()) {
    try {
      const { thisUpdate, nextUpdate } = new X509Crl(Buffer.from(body, 'base64'));
      const endMs = nextUpdate?.getTime() ?? Infinity;
      endsMs.push(endMs);
      if (endMs < (time?.endMs ?? Infinity)) time = { fromMs: thisUpdate.getTime(), endMs };
    } catch {
      const message = `${named(file)}: list ${index + 1} of ${blocks.length} is damaged; fetch the file anew`;
      throw new TlsFileError('notPem', message);
    }
  }
  return { pem: blocks.map((block) => block.text), time, endsMs };
}
