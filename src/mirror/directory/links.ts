/** The links that readers go by, one for each name at the top of a state. Others may remove them, or put their own things in their place. */
import { join } from 'node:path';
import { codeOf } from '../../platform/errorCode';
import type { Disk } from './disk';
import { DATA, linkTarget, NOTE } from './names';

/** Something that is none of the mirror's is where it has to put something. */
export class InTheWayError extends Error {
  override readonly name = 'InTheWayError';
}

/** The names at the top of the state that `..data` leads to; undefined if it leads to none that was written to its end. */
export async function namesInState(directory: string, disk: Disk): Promise<ReadonlySet<string> | undefined> {
  const current = await disk.targetOf(join(directory, DATA));
  const names = new Set(current === undefined ? [] : await namesIn(join(directory, current), disk));
  return names.delete(NOTE) ? names : undefined;
}

/** None where there is no such directory. */
export async function namesIn(generation: string, disk: Disk): Promise<readonly string[]> {
  try {
    return await disk.namesIn(generation);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Those of the names that have no link yet. Rejects with InTheWayError where anything else has such a name, or that of `..data`. */
export async function namesWithoutLink(
  directory: string,
  names: readonly string[],
  disk: Disk,
): Promise<readonly string[]> {
  const data = join(directory, DATA);
  if ((await disk.kindOf(data)) === 'other') throw inTheWay(data);
  const missing: string[] = [];
  for (const name of names) {
    const path = join(directory, name);
    const target = await disk.targetOf(path);
    if (target === linkTarget(name)) continue;
    if (target !== undefined || (await disk.kindOf(path)) !== 'nothing') throw inTheWay(path);
    missing.push(name);
  }
  return missing;
}

/** Where there is nothing of that name. Rejects as the file system does. */
export async function putLinks(directory: string, names: readonly string[], disk: Disk): Promise<void> {
  for (const name of names) {
    const path = join(directory, name);
    if ((await disk.kindOf(path)) === 'nothing') await disk.link(linkTarget(name), path);
  }
}

function inTheWay(path: string): InTheWayError {
  return new InTheWayError(
    `${path} is in the way: it was not made by this command; move it, or give another directory with --to`,
  );
}
