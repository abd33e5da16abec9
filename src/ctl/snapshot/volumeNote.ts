/** The note beside a data directory that says of a restore into it: `DIR.restored`. */
import { constants } from 'node:fs';
import { rm } from 'node:fs/promises';
import { replaceDurably } from '../../platform/durable';
import { noteIn, noteText } from '../../platform/noteFile';
import { codeOf } from '../../platform/errorCode';
import { NotAFileError, readPlainBytes } from '../../platform/plainFile';
import { messageOf } from '../../platform/errorMessage';
import type { VolumeNote } from './onceDecision';

const SENTENCE = 'Says that the data beside it were restored from a snapshot, and for which release.';
/** A token and a phase are far less. */
const DRAFT_BYTES_MAX = 4096;

/** In one step: data beside half a note would be taken for those of another release, which nothing but a deleted volume gets past. */
export async function writeNote(path: string, note: VolumeNote): Promise<void> {
  await replaceDurably(path, noteText(SENTENCE, note)).catch((error: unknown) => {
    throw whyNotNoted(path, error);
  });
}

/** Why a file that says of the restore cannot be read or written, and what to do: the init container shows nothing else. */
export function whyNotNoted(path: string, error: unknown): Error {
  return new Error(`${path}, which says whether the snapshot was restored: ${whatToDo(error)}`, { cause: error });
}

function whatToDo(error: unknown): string {
  if (error instanceof NotAFileError) return `${error.message}; move it away, and run the command again`;
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; make room there, and run the command again';
    case 'EISDIR':
      return 'a directory is in its place; move it away, and run the command again';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${messageOf(error)}; let this user read and write there`;
    case undefined:
    default:
      return messageOf(error);
  }
}

export function volumeNoteIn(text: string | undefined): VolumeNote | undefined {
  const { token, phase } = noteIn(text ?? '');
  if (typeof token !== 'string' || (phase !== 'restoring' && phase !== 'restored')) return undefined;
  return { token, phase };
}

/** What a run left that was killed while it wrote the note. Whatever else stands there stays. Never rejects: it is in nobody's way. */
export async function removeDraft(path: string): Promise<void> {
  const draft = `${path}.new`;
  try {
    const text = (await readPlainBytes(draft, DRAFT_BYTES_MAX, constants.O_NOFOLLOW)).toString('utf8');
    const isOurs = text.startsWith(`${SENTENCE}\n`) || SENTENCE.startsWith(text);
    if (isOurs) await rm(draft);
  } catch {
    // There is none, which is as it should be, or something else, which nobody here has made.
  }
}
