/** The files that options name, read as they are. */
import { stat } from 'node:fs/promises';
import { codeOf } from '../platform/errorCode';
import { readPlainFile } from '../platform/plainFile';
import { TlsFileError } from './errors';

/** A file with the option that names it, for messages. */
export interface TlsFile {
  /** With its dashes: `--cert-file`. */
  readonly option: string;
  readonly path: string;
}

/** What one side of TLS is made of; all are PEM. A certificate and its key come together. */
export interface TlsFiles {
  /** The certificate, and below it those of intermediate CAs. */
  readonly certificate?: TlsFile | undefined;
  readonly key?: TlsFile | undefined;
  /** CAs whose certificates are trusted. */
  readonly authorities?: TlsFile | undefined;
  /** Lists of certificates that these CAs have revoked. */
  readonly revoked?: TlsFile | undefined;
}

/** The content of a file. */
export interface TlsText {
  readonly file: TlsFile;
  readonly text: string;
}

export type TlsTexts = { readonly [Part in keyof TlsFiles]: TlsText | undefined };

/** A thousand CAs fit; a file that is larger was hardly meant. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;

/** Reads all of them. Rejects with TlsFileError. */
export async function readTlsFiles(files: TlsFiles): Promise<TlsTexts> {
  const [certificate, key, authorities, revoked] = await Promise.all([
    readTlsFile(files.certificate),
    readTlsFile(files.key),
    readTlsFile(files.authorities),
    readTlsFile(files.revoked),
  ]);
  return { certificate, key, authorities, revoked };
}

/** Whether they say the same. */
export function sameTexts(one: TlsTexts, other: TlsTexts): boolean {
  return (
    one.certificate?.text === other.certificate?.text &&
    one.key?.text === other.key?.text &&
    one.authorities?.text === other.authorities?.text &&
    one.revoked?.text === other.revoked?.text
  );
}

/**
 * A sentence if others than the owner and its group may read the key, or others than the owner change it. Undefined also if the file has
 * gone since it was read: then nobody can.
 */
export async function doubtOfModes(key: TlsFile): Promise<string | undefined> {
  const mode = await stat(key.path).then(
    (found) => found.mode,
    () => undefined,
  );
  if (mode === undefined || (mode & 0o027) === 0) return undefined;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return (
    `${named(key)}: other users of this machine may read or change the key (mode ${octal}); expected 0600 or 0640: ` +
    'chmod 600 it, and in Kubernetes set defaultMode: 0440 on the volume of the secret'
  );
}

/** `--cert-file "/path"`. */
export function named({ option, path }: TlsFile): string {
  return `${option} ${JSON.stringify(path)}`;
}

async function readTlsFile(file: TlsFile | undefined): Promise<TlsText | undefined> {
  if (file === undefined) return undefined;
  try {
    const { size } = await stat(file.path);
    if (size > FILE_BYTES_MAX) {
      const message = `${named(file)} has ${size} bytes, expected a PEM file of ${FILE_BYTES_MAX} at most; is it the right file?`;
      throw new TlsFileError('tooLarge', message);
    }
    return { file, text: await readPlainFile(file.path) };
  } catch (error) {
    throw error instanceof TlsFileError ? error : explained(file, error);
  }
}

function explained(file: TlsFile, error: unknown): TlsFileError {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new TlsFileError('missing', `${named(file)}: there is no such file; give the path of a PEM file`);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const message = `${named(file)} may not be read by this process (${code}); let its user read the file`;
    return new TlsFileError('unreadable', message);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new TlsFileError('unreadable', `${named(file)} cannot be read: ${reason}; give the path of a PEM file`);
}
