/**
 * The file in the data directory of a process that was a member, has no state any more and waits for a place in the same cluster. Without
 * it a restart would begin as the options say, and the first member of a cluster, whose options name nobody, would found another one.
 */
import { noteIn, noteText } from './noteFile';

export const STANDBY_FILE = 'STANDBY';
/** There while the file is written anew. */
export const STANDBY_DRAFT = 'STANDBY.new';

export interface StandbyNote {
  /** Unpadded lower-case hexadecimal. */
  readonly clusterId: string;
  /** Of the members, as they were listed last. */
  readonly peerURLs: readonly string[];
}

const EXPLANATION =
  'This process waits for a place in a cluster, whatever its options say. Remove this file to let it begin by its options.';

/** The content of the file: a sentence for people, then the note. */
export function standbyFileText({ clusterId, peerURLs }: StandbyNote): string {
  return noteText(EXPLANATION, { clusterId, peerURLs });
}

/** Undefined if that is not what the file says; never throws. */
export function parseStandbyFile(text: string): StandbyNote | undefined {
  const { clusterId, peerURLs } = noteIn(text);
  if (typeof clusterId !== 'string' || !Array.isArray(peerURLs)) return undefined;
  const urls = peerURLs.filter((url) => typeof url === 'string' && URL.canParse(url));
  return urls.length === 0 ? undefined : { clusterId, peerURLs: urls as readonly string[] };
}
