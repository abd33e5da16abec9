/** The last good configuration on disk, for a start while the cluster cannot be reached. */
import { createHash, randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../platform/errorCode';
import { FileTooLongError, NotAFileError, readPlainBytes } from '../../platform/plainFile';
import { isRecord, parseJson, textOf, wholeNumberOf } from '../json';
import { textOfTree, treeOfText, type ConfigTree } from './tree';
import { syncDirectory } from '../../platform/durable';

export interface LastGood {
  /** The directory of the cluster that it is of. */
  readonly directory: string;
  /** Of the store. */
  readonly index: number;
  readonly tree: ConfigTree;
}

const FORMAT = 1;
const FILE_BYTES_MAX = 64 * 1024 * 1024;

/** A file that is there and is not the last good configuration: of another directory, cut off, or changed by somebody. */
export class LastGoodError extends Error {
  override readonly name = 'LastGoodError';
}

/** Undefined if there is none. Rejects with LastGoodError, or with what the file system says. */
export async function readLastGood(file: string, directory: string): Promise<LastGood | undefined> {
  const text = await textOfFile(file);
  if (text === undefined) return undefined;
  const body = parseJson(text);
  const { format, sha256, tree: treeText, index: indexValue, directory: of } = isRecord(body) ? body : {};
  const [lists, index] = [textOf(treeText), wholeNumberOf(indexValue)];
  if (format !== FORMAT || lists === undefined || index === undefined || typeof of !== 'string')
    throw new LastGoodError(`${file} is no last good configuration, or not a whole one; remove it`);
  if (sha256 !== sumOf(of, index, lists)) throw new LastGoodError(`${file} was damaged or changed; remove it`);
  if (of !== directory)
    throw new LastGoodError(`${file} is of ${of}, and ${directory} is watched; use another file for each`);
  const tree = treeOfText(lists);
  if (tree === undefined) throw new LastGoodError(`${file} is no last good configuration; remove it`);
  return { directory, index, tree };
}

/**
 * A file beside it takes its place when it is whole and on disk: whoever reads meanwhile, or after a power cut, sees the old one or the new
 * one. Only its owner may read it. Rejects with what the file system says.
 */
export async function writeLastGood(file: string, { directory, index, tree }: LastGood): Promise<void> {
  const lists = textOfTree(tree);
  const body = { format: FORMAT, directory, index, sha256: sumOf(directory, index, lists), tree: lists };
  const aside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(aside, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(body)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncDirectory(dirname(file));
}

async function textOfFile(file: string): Promise<string | undefined> {
  try {
    return (await readPlainBytes(file, FILE_BYTES_MAX)).toString();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (error instanceof FileTooLongError)
      throw new LastGoodError(`${file} is too long to be a last good configuration; remove it`);
    if (error instanceof NotAFileError) throw new LastGoodError(`${file}: ${error.message}`);
    throw error;
  }
}

function sumOf(directory: string, index: number, lists: string): string {
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, directory, index, lists]))
    .digest('hex');
}
