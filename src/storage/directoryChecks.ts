/** Whether a directory may be used as a data directory. Nothing in it is changed, except that our own is made private again. */
import type { Stats } from 'node:fs';
import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SELF_MADE_DIRECTORY } from '../platform/selfMadeDirectory';
import { STANDBY_DRAFT, STANDBY_FILE } from '../platform/standbyFile';
import { codeOf } from '../platform/errorCode';
import { corrupt, StorageError } from './errors';
import { fileError } from './fileError';
import { checkFormatVersion } from './formatVersion';
import { checkPlainFiles } from './plainFiles';
import { isOfPreparation } from './preparing';
import { readMark } from './syncedMark';

export interface DirectoryState {
  /**
   * Interrupted: a crash came while it was being prepared, so nothing is in it yet. Filling: it was being filled with the state of a
   * snapshot, or still is, and nothing of it counts.
   */
  readonly kind: 'missing' | 'empty' | 'interrupted' | 'filling' | 'ours';
  readonly warnings: readonly string[];
}

const WRITABLE_BY_OTHERS = 0o022;
const READABLE_BY_OTHERS = 0o055;

/** There while a directory is being prepared; it becomes FORMAT when that is done. */
export const FORMAT_DRAFT = 'FORMAT.new';

/** There for a moment when a directory was filled; it becomes FORMAT. */
export const FORMAT_OF_FILLED = 'FORMAT.filled';

/** What the draft says while a directory is being filled: it may hold any part of a state, and none that counts. */
export const FILLING_TEXT = 'cairn is filling this directory\n';

/** What an empty volume holds, and one that a proxy with a certificate of its own, or a standby, has used. */
const NOTHING_TO_US = new Set(['lost+found', SELF_MADE_DIRECTORY, STANDBY_FILE, STANDBY_DRAFT]);

/** What a directory holds that is being prepared. */
const BEING_PREPARED = new Set([FORMAT_DRAFT, FORMAT_OF_FILLED, 'db']);

/** Rejects with StorageError of kind format, permission, corrupt or io. */
export async function checkDirectory(path: string): Promise<DirectoryState> {
  const found = await statOf(path);
  if (found === undefined) return { kind: 'missing', warnings: [] };
  if (!found.isDirectory()) throw new StorageError('format', `the data directory ${path} is not a directory`);
  await checkPlainFiles(path);
  const names = (await list(path)).filter((name) => !NOTHING_TO_US.has(name) && !isOfPreparation(name));
  if (names.includes('FORMAT')) {
    checkFormat(path, await formatOf(path));
    return { kind: 'ours', warnings: await makePrivate(path, found) };
  }
  const isInterrupted = names.includes(FORMAT_DRAFT) && names.every((name) => BEING_PREPARED.has(name));
  if (names.length > 0 && !isInterrupted) refuseForeign(path, names);
  const isFilling = isInterrupted && (await draftOf(path)) === FILLING_TEXT;
  if (isInterrupted && !isFilling) await refuseData(path);
  refuseWritable(path, found.mode);
  const kind = isFilling ? 'filling' : isInterrupted ? 'interrupted' : 'empty';
  return { kind, warnings: await makePrivate(path, found) };
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw fileError(error, 'cannot use the data directory', path);
  }
}

async function list(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    throw fileError(error, 'cannot read the data directory', path);
  }
}

async function draftOf(path: string): Promise<string> {
  try {
    return await readFile(join(path, FORMAT_DRAFT), 'utf8');
  } catch (error) {
    throw fileError(error, 'cannot read', join(path, FORMAT_DRAFT));
  }
}

async function formatOf(path: string): Promise<string> {
  try {
    return await readFile(join(path, 'FORMAT'), 'utf8');
  } catch (error) {
    throw fileError(error, 'cannot read', join(path, 'FORMAT'));
  }
}

function checkFormat(path: string, text: string): void {
  const version = /^cairn (\d{1,9})\n$/.exec(text)?.[1];
  if (version === undefined) throw corrupt(`the file ${join(path, 'FORMAT')} is not what Cairn writes`);
  checkFormatVersion(Number(version), `the data directory ${path}`);
}

function refuseForeign(path: string, names: readonly string[]): never {
  const hint = hintOf(names);
  throw new StorageError(
    'format',
    `the data directory ${path} is not empty and not Cairn's. ${hint}. Nothing was changed; give another one.`,
  );
}

function hintOf(names: readonly string[]): string {
  if (names.includes('member')) return 'It looks like the data directory of etcd, whose files Cairn does not read';
  if (names.includes('db')) return 'It has a database, but not the file FORMAT that says that it is one of Cairn';
  return `It holds ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''}`;
}

/** A marker cannot be a draft any more once something was stored. */
async function refuseData(path: string): Promise<void> {
  const mark = await readMark(join(path, 'db'));
  if (typeof mark === 'string' || mark.synced === 0) return;
  throw corrupt(`the data directory ${path} has data, but its file FORMAT is missing`);
}

interface Ownership {
  readonly mode: number;
  readonly uid: number;
}

/**
 * Volumes are handed over with group bits set, so our own directory is put right rather than refused, unless everybody
 * could have written to it.
 */
async function makePrivate(path: string, found: Ownership): Promise<string[]> {
  const open = found.mode & (WRITABLE_BY_OTHERS | READABLE_BY_OTHERS);
  if (open === 0) return [];
  if ((found.mode & 0o002) !== 0 || found.uid !== process.geteuid?.()) {
    refuseWritable(path, found.mode);
    return readableWarning(path, found.mode);
  }
  try {
    await chmod(path, found.mode & 0o700);
  } catch (error) {
    throw fileError(error, 'cannot make private', path);
  }
  return [`the data directory ${path} was open to others (mode ${modeText(found.mode)}); it is private now`];
}

function refuseWritable(path: string, mode: number): void {
  if ((mode & WRITABLE_BY_OTHERS) === 0) return;
  throw new StorageError(
    'permission',
    `others can write to the data directory ${path} (mode ${modeText(mode)}): run "chmod 700 ${path}", or give a directory below it that does not exist yet`,
  );
}

function readableWarning(path: string, mode: number): string[] {
  if ((mode & READABLE_BY_OTHERS) === 0) return [];
  return [`others can read the data directory ${path} (mode ${modeText(mode)}): run "chmod 700 ${path}"`];
}

function modeText(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
