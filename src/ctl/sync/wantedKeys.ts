/** What a directory of files says that keys have to be: each file is a key, its content the value. */
import { constants } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyEntry } from '../keyFile/keyDocument';
import { codeOf } from '../../platform/errorCode';
import { readPlainBytes } from '../../platform/plainFile';
import { utf8 } from '../utf8';
import { whyUnreadable } from '../whyUnreadable';

const { O_NOFOLLOW } = constants;

const FILES_MAX = 100_000;
/** Longer than any value that members take. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/** The directory cannot be taken as it is; the message names all that is wrong with it. */
export class WantedKeysError extends Error {
  override readonly name = 'WantedKeysError';
}

export interface ReadingRules {
  /** Of each file the line end that editors put at its end is not part of the value. */
  readonly trimNewline: boolean;
}

/**
 * Files and directories whose names begin with a dot are passed over, such as .git. Directories by themselves say nothing: Git keeps none
 * that are empty. Rejects with WantedKeysError.
 */
export async function readWantedKeys(directory: string, rules: ReadingRules): Promise<readonly KeyEntry[]> {
  const faults: string[] = [];
  const entries: KeyEntry[] = [];
  await readBelow(directory, '');
  if (faults.length > 0) throw new WantedKeysError(faults.join('; '));
  return entries;

  async function readBelow(path: string, key: string): Promise<void> {
    for (const name of await namesIn(path)) {
      const [file, fileKey] = [join(path, name), `${key}/${name}`];
      const stats = name.includes('\ufffd') ? undefined : await lstat(file);
      if (stats === undefined) faults.push(`${file}: its name is no UTF-8, and keys are`);
      else if (name.startsWith('_'))
        faults.push(`${file}: keys whose names begin with _ are hidden, so they cannot be compared`);
      else if (stats.isDirectory()) await readBelow(file, fileKey);
      else if (!stats.isFile()) faults.push(`${file} is neither a file nor a directory; links are not followed`);
      else if (stats.size > FILE_BYTES_MAX) faults.push(`${file} is longer than any value can be`);
      else await addFile(file, fileKey);
      if (entries.length > FILES_MAX) throw new WantedKeysError(`${directory} has more than ${FILES_MAX} files`);
    }
  }

  async function addFile(file: string, key: string): Promise<void> {
    // Something else may stand there since it was looked at.
    const bytes = await readPlainBytes(file, FILE_BYTES_MAX, O_NOFOLLOW).catch((error: unknown) => {
      faults.push(`${file} cannot be read: ${whyUnreadable(error)}`);
    });
    const text = bytes && utf8(bytes);
    if (bytes === undefined) return;
    if (text === undefined) faults.push(`${file} is no UTF-8, and values are texts`);
    else entries.push({ key, value: rules.trimNewline ? text.replace(/\r?\n$/, '') : text });
  }
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    const code = codeOf(error);
    const reason =
      code === 'ENOENT'
        ? 'is not there'
        : code === 'ENOTDIR'
          ? 'is no directory'
          : `cannot be read (${code ?? String(error)})`;
    throw new WantedKeysError(`${path} ${reason}`);
  }
}
