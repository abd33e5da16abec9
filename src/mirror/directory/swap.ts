/**
 * All files at once, as Kubernetes' AtomicWriter does it with ConfigMaps:
 *
 *     DIR/..2026_11_27_16_42_09.Ab3xYz/   all files of one state
 *     DIR/..data -> ..2026_11_27_16_42_09.Ab3xYz
 *     DIR/NAME -> ..data/NAME             one for each name at the top
 *
 * A new directory is written, and a new link renamed over `..data`: from that moment every name leads to the new state. Links of new names
 * are there before (they lead nowhere until then), those of old ones go after, so that no reader sees a part of each.
 */
import { join } from 'node:path';
import { codeOf } from '../../platform/errorCode';
import type { PlannedFile } from '../plan';
import type { Disk } from './disk';
import { namesIn, namesWithoutLink, putLinks } from './links';
import { DATA, generationName, isGeneration, linkTarget, NEW_DATA, NEW_TOLD, NOTE } from './names';

/** Two names that are one to this file system. */
export class SameNameError extends Error {
  override readonly name = 'SameNameError';
}

export interface NewState {
  readonly files: readonly PlannedFile[];
  /** Content of the note that lies beside the files. */
  readonly note: string;
}

/**
 * Writes a state and changes over to it. If it rejects, readers see the state before, and what was begun is removed as far as it can be: with
 * InTheWayError, SameNameError, or as the file system says. What is left over after the change is removed by the next `tidy`.
 *
 * @returns what could not be tidied up, if anything
 */
export async function swapIn(directory: string, state: NewState, disk: Disk, nowMs: number): Promise<unknown> {
  const names = topNames(state.files);
  await namesWithoutLink(directory, names, disk);
  let generation: string | undefined;
  try {
    generation = await disk.makeNew(join(directory, generationName(nowMs)));
    await writeAll(generation, state, disk);
    await putLinks(directory, names, disk);
    if ((await disk.kindOf(join(directory, NEW_DATA))) !== 'nothing') await disk.unlink(join(directory, NEW_DATA));
    await disk.link(generation.slice(directory.length + 1), join(directory, NEW_DATA));
    await disk.rename(join(directory, NEW_DATA), join(directory, DATA));
  } catch (error) {
    if (generation !== undefined) await disk.removeTree(generation).catch(() => undefined);
    await tidy(directory, disk).catch(() => undefined);
    throw error;
  } finally {
    await disk.release();
  }
  return disk
    .syncDirectory(directory)
    .then(() => tidy(directory, disk))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
}

/** Removes what is of no use to the state that `..data` leads to: directories of others, half-made ones, links of names that are gone. */
export async function tidy(directory: string, disk: Disk): Promise<void> {
  const current = await disk.targetOf(join(directory, DATA));
  const present = new Set(current === undefined ? [] : await namesIn(join(directory, current), disk));
  for (const name of await disk.namesIn(directory)) {
    const path = join(directory, name);
    if (name === NEW_DATA || name === NEW_TOLD) await disk.unlink(path);
    else if (isGeneration(name) && name !== current) await disk.removeTree(path);
    else if (!present.has(name) && (await disk.targetOf(path)) === linkTarget(name)) await disk.unlink(path);
  }
}

/** What readers see in the directory itself. */
export function topNames(files: readonly PlannedFile[]): readonly string[] {
  return [...new Set(files.map(({ path: [top = ''] }) => top))];
}

async function writeAll(generation: string, { files, note }: NewState, disk: Disk): Promise<void> {
  const made = new Set<string>();
  for (const { path, content } of files) {
    for (let depth = 1; depth < path.length; depth++) {
      const above = path.slice(0, depth).join('/');
      if (!made.has(above)) await other(path, disk.makeDirectory(join(generation, above)));
      made.add(above);
    }
    await other(path, disk.writeFile(join(generation, ...path), content));
  }
  await disk.writeFile(join(generation, NOTE), note);
  const directories = [...made].map((above) => join(generation, above));
  for (const above of directories) await disk.syncDirectory(above);
  await disk.giveAway(directories);
  await disk.syncDirectory(generation);
}

/** No two paths are the same, so whatever is there has another name. */
async function other(path: readonly string[], write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw new SameNameError(
      `${JSON.stringify(path.join('/'))} and another key are one file on this file system, which does not tell their letters apart; ` +
        'rename one of them, or use --format json or yaml',
    );
  }
}
