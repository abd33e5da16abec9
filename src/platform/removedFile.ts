/**
 * The file that a member writes into its data directory when the cluster has removed it: the data are of no further use.
 * `cairn clear-removed` looks for it.
 */
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
  return `${EXPLANATION}\n${JSON.stringify(note)}\n`;
}

/** Undefined if the file has no note that can be read; never throws. */
export function parseRemovedFile(text: string): RemovalNote | undefined {
  try {
    const value: unknown = JSON.parse(text.slice(text.indexOf('\n') + 1));
    if (typeof value !== 'object' || value === null) return undefined;
    const { memberId, clusterId, peerURLs } = Object.fromEntries(Object.entries(value)) as Record<string, unknown>;
    if (typeof memberId !== 'string' || typeof clusterId !== 'string' || !Array.isArray(peerURLs)) return undefined;
    return { memberId, clusterId, peerURLs: peerURLs.filter((url) => typeof url === 'string') };
  } catch {
    return undefined;
  }
}
