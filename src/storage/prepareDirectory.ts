/** Makes an empty data directory, with a draft that says what it is being made for. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, writeDurably } from '../platform/durable';
import { makeDirectory } from '../platform/makeDirectory';
import { FORMAT_DRAFT, type DirectoryState } from './directoryChecks';
import { FORMAT_VERSION } from './layout';
import { whyUnusable } from './whyUnusable';

const PRIVATE_MODE = 0o700;

/** What `FORMAT` says of a directory that is whole. */
export const FORMAT_TEXT = `cairn ${FORMAT_VERSION}\n`;

/**
 * Until there is a `FORMAT`, whatever is in it is half made and holds nothing. Rejects with StorageError.
 *
 * @param state what is there
 * @param draft what it is being made for
 */
export async function prepare(path: string, state: DirectoryState, draft: string): Promise<void> {
  try {
    if (state.kind === 'ours') return;
    if (state.kind === 'missing') await createDirectory(path);
    if (state.kind === 'interrupted' || state.kind === 'filling') {
      await rm(join(path, 'db'), { recursive: true, force: true });
    }
    await writeDurably(join(path, FORMAT_DRAFT), draft);
    await createDirectory(join(path, 'db'));
    await syncDirectory(path);
  } catch (error) {
    throw await whyUnusable(error, path, state.kind !== 'missing');
  }
}

/** Private and durable, as are those above it that were missing. */
function createDirectory(path: string): Promise<void> {
  return makeDirectory(path, PRIVATE_MODE, syncDirectory);
}
