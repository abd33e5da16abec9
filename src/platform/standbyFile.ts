/**
 * The file in the data directory of a process that was a member, has no state any more and waits for a place in the same cluster. Without
 * it a restart would begin as the options say, and the first member of a cluster, whose options name nobody, would found another one.
 */
import { noteIn, noteText } from './noteFile';

export const STANDBY_FILE = 'STANDBY';
/** There while the file is written anew. */
export const STANDBY_DRAFT = 'STANDBY.new';

/** A cluster as it was listed last, for who asks its members. */
export interface KnownCluster {
  /** Unpadded lower-case hexadecimal. */
  readonly clusterId: string;
  readonly members: readonly { readonly peerURLs: readonly string[] }[];
}

const EXPLANATION =
  'This process waits for a place in a cluster, whatever its options say. Remove this file to let it begin by its options.';

/** The content of the file: a sentence for people, then the note. */
export function standbyFileText(known: KnownCluster): string {
  return noteText(EXPLANATION, knownClusterNote(known));
}

/** Builds before 0.2.0 read `peerURLs` alone. */
export function knownClusterNote({ clusterId, members }: KnownCluster): object {
  const urls = members.map(({ peerURLs }) => peerURLs);
  return { clusterId, peerURLs: urls.flat(), members: urls };
}

/** Undefined if that is not what a file with such a note says; never throws. Where it does not say whose a URL is, each is taken for one member. */
export function knownClusterIn(text: string): KnownCluster | undefined {
  const { clusterId, peerURLs, members } = noteIn(text);
  if (typeof clusterId !== 'string' || !Array.isArray(peerURLs)) return undefined;
  const lists: readonly unknown[] = Array.isArray(members) ? members : peerURLs.map((url: unknown) => [url]);
  const known = lists.map(urlsOf).filter((urls) => urls.length > 0);
  return known.length === 0 ? undefined : { clusterId, members: known.map((urls) => ({ peerURLs: urls })) };
}

function urlsOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.filter((url): url is string => typeof url === 'string' && URL.canParse(url));
}
