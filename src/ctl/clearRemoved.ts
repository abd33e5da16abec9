/** `cairn clear-removed`: lets the place of a removed member be taken again. */
import { access, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REMOVED_FILE } from '../util/removedFile';
import { runCommand, say, textOf, valuesOf } from './arguments';

/**
 * `cairn clear-removed --data-dir DIR`: deletes the data directory of a member that the cluster has removed, so that the next
 * start joins as a new member. Any other directory is left alone. For the init container of a pod: a pod that is scaled away
 * leaves its volume behind, and a later one of the same name would find data that no cluster knows any more.
 */
export function clearRemoved(args: readonly string[]): Promise<number> {
  return runCommand('clear-removed', async () => {
    const directory = textOf(valuesOf(args, ['data-dir']), 'data-dir').replace(/\/+$/, '');
    const aside = `${directory}.removed`;
    try {
      const wasRemoved = await exists(join(directory, REMOVED_FILE));
      // In one step: a directory that is half deleted would look like a broken one.
      if (wasRemoved) await rename(directory, aside);
      await rm(aside, { recursive: true, force: true });
      say(`${directory}: ${wasRemoved ? 'of a removed member, deleted' : 'not of a removed member, left alone'}`);
    } catch (error) {
      throw explained(error, dirname(directory));
    }
  });
}

/** Most often the first to meet a volume that was handed over to somebody else. */
function explained(error: unknown, volume: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || (error.code !== 'EACCES' && error.code !== 'EPERM'))
    return error;
  return new Error(
    `${error.message}; the user ${process.getuid?.() ?? ''} may not write to ${volume}: let it belong to that user or to ` +
      'the fsGroup of the pod',
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
