/** Where `cairn certs` keeps what it makes: NAME.crt and NAME.key in a directory, beside the CA that signed them. */
import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import { codeOf } from '../platform/errorCode';
import { readPlainFile } from '../platform/plainFile';
import { certificatesOf, isSignedBy, keyOf } from '../tls/certificates';
import type { CertificateWish, MadeCertificate } from '../tls/makeCertificates';

export const CA = 'ca';

/** The certificate and the key of one name. Undefined: the file is not there. */
interface Found {
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

/** The path of a file that is there already for this name; undefined if there is none. */
export async function existingFile(directory: string, name: string): Promise<string | undefined> {
  const { certificate, key } = await find(directory, name);
  if (certificate !== undefined) return join(directory, `${name}.crt`);
  return key === undefined ? undefined : join(directory, `${name}.key`);
}

/** The CA of the directory; undefined if there is none. Rejects for half of one, and for one that this command did not make. */
export async function authorityOf(directory: string): Promise<MadeCertificate | undefined> {
  const there = wholeOf(directory, CA, await find(directory, CA), 'both are needed to sign');
  if (there === undefined) return undefined;
  refuseOtherKey(join(directory, `${CA}.key`), there.key);
  const path = join(directory, `${CA}.crt`);
  const [own] = certificatesOf({ file: { option: '--directory', path }, text: there.certificate });
  if (own?.ca === true && own.checkPrivateKey(createPrivateKey(there.key))) return there;
  throw new Error(
    `${path} is not the CA of the ${CA}.key beside it; put the right one there, or give another --directory`,
  );
}

/**
 * Whether the certificate of this name is there and still what is wished for: whole, signed by the CA of the directory, for at least these
 * hosts, and valid. Rejects if it is there and is not, since no file is overwritten.
 */
export async function isKept(
  directory: string,
  name: string,
  { hosts, nowMs }: Pick<CertificateWish, 'hosts' | 'nowMs'>,
): Promise<boolean> {
  const there = wholeOf(directory, name, await find(directory, name), 'both are needed');
  if (there === undefined) return false;
  const path = join(directory, `${name}.crt`);
  const fault = faultOf(there, path, hosts, nowMs, await read(join(directory, `${CA}.crt`)));
  if (fault === undefined) return true;
  throw new Error(`${path} is there already and ${fault}; remove it and its key, and they are made anew`);
}

function faultOf(
  { certificate, key }: MadeCertificate,
  path: string,
  hosts: readonly string[],
  nowMs: number,
  ca: string | undefined,
): string | undefined {
  const [own] = certificatesOf({ file: { option: '--directory', path }, text: certificate });
  const keyFile = { option: '--directory', path: path.replace(/crt$/, 'key') };
  if (own?.checkPrivateKey(keyOf({ file: keyFile, text: key })) !== true) return 'is not the certificate of its key';
  const caFile = { option: '--directory', path: join(dirname(path), `${CA}.crt`) };
  const authorities = ca === undefined ? [] : certificatesOf({ file: caFile, text: ca });
  if (!isSignedBy(own, [], authorities)) return `was not signed by the CA of ${CA}.crt`;
  if (Date.parse(own.validTo) <= nowMs) return `was valid until ${own.validTo}`;
  const missing = hosts.find((host) => !isFor(own, host));
  return missing === undefined ? undefined : `is not for ${missing}`;
}

function isFor(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  // A pattern is a name of its own here: `*.a` is there only if it was written.
  return (certificate.subjectAltName ?? '').split(', ').includes(`DNS:${host}`);
}

/**
 * Puts a CA without its key there: nobody signs with it again. Rejects if one is there.
 *
 * @param written gets the path
 */
export async function storeWithoutKey(
  directory: string,
  name: string,
  { certificate }: MadeCertificate,
  written: string[],
): Promise<void> {
  await write(join(directory, `${name}.crt`), certificate, 0o644, written);
}

/**
 * The key can only be read by who made it. Rejects if one of the files is there.
 *
 * @param written gets the paths of what was written, also where it rejects
 */
export async function store(
  directory: string,
  name: string,
  { certificate, key }: MadeCertificate,
  written: string[],
): Promise<void> {
  await write(join(directory, `${name}.key`), key, 0o600, written);
  await storeWithoutKey(directory, name, { certificate, key }, written);
}

async function find(directory: string, name: string): Promise<Found> {
  const [certificate, key] = await Promise.all(['crt', 'key'].map((end) => read(join(directory, `${name}.${end}`))));
  return { certificate, key };
}

function wholeOf(
  directory: string,
  name: string,
  { certificate, key }: Found,
  why: string,
): MadeCertificate | undefined {
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate === undefined && key === undefined) return undefined;
  throw new Error(
    `of ${join(directory, name)}.crt and .key only one is there, and ${why}; add the other, or remove what a run left that was cut off in the midst, or give another --directory`,
  );
}

/** It signs with the kind of key that it makes. */
function refuseOtherKey(path: string, text: string): void {
  let curve: string | undefined;
  try {
    curve = createPrivateKey(text).asymmetricKeyDetails?.namedCurve;
  } catch {
    // Damaged, or encrypted.
  }
  if (curve === 'prime256v1' && text.includes('BEGIN PRIVATE KEY')) return;
  throw new Error(
    `${path} is no key that this command made; sign with the CA that you have by its own tools, or give another --directory`,
  );
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readPlainFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Fails if it is there. */
async function write(path: string, text: string, mode: number, written: string[]): Promise<void> {
  const file = await open(path, 'wx', mode);
  written.push(path);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
