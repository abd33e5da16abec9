/** The state that a directory holds, as whoever wrote it left it. */
import { constants } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord, parseJson, wholeNumberOf } from '../../client/json';
import { codeOf } from '../../platform/errorCode';
import { FileTooLongError, NotAFileError, readPlainBytes, readPlainFile } from '../../platform/plainFile';
import { digestOf, type NamedContent } from '../digest';
import { DATA, NEW_TOLD, NOTE, TOLD } from './names';
import type { Disk } from './disk';

/** What the note beside the files says. */
export interface Note {
  /** Of the store when the files were listed. */
  readonly index: number;
  readonly keys: number;
  /** Of all files together. */
  readonly bytes: number;
  /** `digestOf` the files. */
  readonly digest: string;
  /** What the files are of and how they were made; two of the same words hold the same for the same listing. */
  readonly made: string;
}

export function noteText(note: Note): string {
  return `${JSON.stringify(note)}\n`;
}

/**
 * The note of a state that is there as a whole: every file has the content that it was written with. Undefined if there is none, or if
 * anything of it is not as it was written. Rejects if the directory cannot be read.
 */
export async function readState(directory: string): Promise<Note | undefined> {
  const data = join(directory, DATA);
  try {
    const note = parseNote(await readPlainFile(join(data, NOTE)));
    if (note === undefined) return undefined;
    const files = await filesIn(data, note.bytes);
    return files !== undefined && digestOf(files) === note.digest ? note : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function parseNote(text: string): Note | undefined {
  const value = parseJson(text);
  const { digest, made, ...numbers } = isRecord(value) ? value : {};
  const [index, keys, bytes] = ['index', 'keys', 'bytes'].map((name) => wholeNumberOf(numbers[name]));
  if (index === undefined || keys === undefined || bytes === undefined) return undefined;
  return typeof digest === 'string' && typeof made === 'string' ? { index, keys, bytes, digest, made } : undefined;
}

/** Undefined if they are longer than that together: they are not what was written, and may be without end. */
async function filesIn(data: string, bytesMax: number): Promise<readonly NamedContent[] | undefined> {
  const found: NamedContent[] = [];
  let left = bytesMax;
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory() || entry.name === NOTE) continue;
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) return undefined;
    const content = await contentOf(path, left);
    if (content === undefined) return undefined;
    left -= content.length;
    found.push({ path: path.slice(data.length + 1).split('/'), content });
  }
  return found;
}

async function contentOf(path: string, bytesMax: number): Promise<Buffer | undefined> {
  try {
    return await readPlainBytes(path, bytesMax, constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof NotAFileError || error instanceof FileTooLongError) return undefined;
    throw error;
  }
}

/** The digest of the state that the command was last told of with success; undefined: none is known. */
export async function readTold(directory: string): Promise<string | undefined> {
  try {
    return (await readPlainFile(join(directory, TOLD))).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export async function writeTold(directory: string, digest: string, disk: Disk): Promise<void> {
  const next = join(directory, NEW_TOLD);
  if ((await disk.kindOf(next)) !== 'nothing') await disk.unlink(next);
  await disk.writeFile(next, `${digest}\n`);
  await disk.rename(next, join(directory, TOLD));
}
