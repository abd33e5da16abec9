/**
 * The file that a member writes into its data directory when the cluster has removed it: the data are of no further use.
 * `cairn clear-removed` looks for it.
 */
import { noteIn, noteText } from './noteFile';

export const REMOVED_FILE = 'REMOVED';

/** What `cairn clear-removed` needs to ask the cluster once more. */
export interface RemovalNote {
  /** Unpadded lower-case hexadecimal, as `clusterId`. */
  readonly memberId: string;
  readonly clusterId: string;
  /** Peer URLs of the other members, as this one knew them. */
  readonly peerURLs: readonly string[];
}

const EXPLANATION = 'The cluster removed this member; its data are of no further use.';

/** The content of the file: a sentence for people, then the note. */
export function removedFileText(note: RemovalNote): string {
  return noteText(EXPLANATION, note);
}

/** Undefined if the file has no note that can be read; never throws. */
export function parseRemovedFile(text: string): RemovalNote | undefined {
  const { memberId, clusterId, peerURLs } = noteIn(text);
  if (typeof memberId !== 'string' || typeof clusterId !== 'string' || !Array.isArray(peerURLs)) return undefined;
  return { memberId, clusterId, peerURLs: peerURLs.filter((url) => typeof url === 'string') };
}
