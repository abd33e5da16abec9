/** Certificates that a process makes for itself (`--auto-tls`), kept so that it shows the same one after a restart. */
import { chmod, open, rename } from 'node:fs/promises';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { exists } from '../platform/exists';
import { ensureDirectory } from '../platform/makeDirectory';
import { readPlainFile, REPLACE } from '../platform/plainFile';
import { SELF_MADE_DIRECTORY } from '../platform/selfMadeDirectory';
import type { TlsFile } from './files';
import { makeCertificate, type CertificateWish } from './makeCertificates';

/** A certificate is made anew when less than this share of its time is left. */
const LAST_SHARE = 0.1;

/** The files of a certificate and its key. */
export interface SelfMadeFiles {
  readonly certificate: TlsFile;
  readonly key: TlsFile;
}

/** What stands in them, as PEM. */
export interface SelfMadePair {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Where they are, made or not.
 *
 * @param side names them: `client`, `peer`
 */
export function selfMadePaths(dataDir: string, side: string): SelfMadeFiles {
  const directory = join(dataDir, SELF_MADE_DIRECTORY);
  const option = side === 'peer' ? '--peer-auto-tls' : '--auto-tls';
  return {
    certificate: { option, path: join(directory, `${side}.crt`) },
    key: { option, path: join(directory, `${side}.key`) },
  };
}

/** The files of a certificate for `wish`, made unless they are there and good for a while. Only the user of this process can read them. */
export async function selfMadeFiles(dataDir: string, side: string, wish: CertificateWish): Promise<SelfMadeFiles> {
  const files = selfMadePaths(dataDir, side);
  await privateDirectory(dataDir);
  if (!(await isGood(files.certificate.path, files.key.path, wish)))
    await writePair(files, await makeCertificate(wish));
  return files;
}

/** Writes the files of a pair that is in use again, if one of them is gone: the data directory was moved aside while the process runs. */
export async function keepSelfMade(dataDir: string, side: string, pair: SelfMadePair): Promise<void> {
  const files = selfMadePaths(dataDir, side);
  if ((await exists(files.certificate.path)) && (await exists(files.key.path))) return;
  await privateDirectory(dataDir);
  await writePair(files, pair);
}

async function privateDirectory(dataDir: string): Promise<void> {
  const directory = join(dataDir, SELF_MADE_DIRECTORY);
  await ensureDirectory(directory, 0o700);
  await chmod(directory, 0o700);
}

/** The certificate comes last: without it the key is made anew. */
async function writePair({ certificate, key }: SelfMadeFiles, pair: SelfMadePair): Promise<void> {
  await write(key.path, pair.key);
  await write(certificate.path, pair.certificate);
}

async function isGood(certificatePath: string, keyPath: string, { nowMs, hosts }: CertificateWish): Promise<boolean> {
  try {
    const [text, key] = await Promise.all([readPlainFile(certificatePath), readPlainFile(keyPath)]);
    const certificate = new X509Certificate(text);
    if (!certificate.checkPrivateKey(createPrivateKey(key))) return false;
    const [fromMs, toMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
    return toMs - nowMs > (toMs - fromMs) * LAST_SHARE && hosts.every((host) => isValidFor(certificate, host));
  } catch {
    // Not there, or damaged: nobody else has written it, and nothing is lost with it.
    return false;
  }
}

/** An address has many spellings, and a name may be a part of another. */
function isValidFor(certificate: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, REPLACE, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
