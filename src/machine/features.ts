/**
 * The feature level: what all members of a cluster can read. Each member publishes the level of its program; the level in
 * force is part of the state, and rises only when every member has published at least that. New kinds of commands and
 * rows belong to a level and are proposed only once it is in force, so that no member is ever given what it cannot read.
 *
 * To add a command or a table: raise FEATURE_LEVEL by one in that release, and give the newcomer that level in its entry
 * (commands/). A build of the level before is kept for the test of a rolling upgrade; see test/cluster/builds/README.md.
 * Level 1: the key space and its members. Level 2: users and roles. Level 3: settings of the
 * cluster.
 */
/** The highest level that this program reads. */
export const FEATURE_LEVEL = 3;

/** What members that never published a level can read, and states that do not name one are of. */
export const FIRST_LEVEL = 1;

const LEVEL_MAX = 1_000_000;

/** The cluster is at a level that this program cannot read. Nothing was changed; a newer program goes on from here. */
export class FeatureLevelError extends Error {
  override readonly name = 'FeatureLevelError';

  /** @param what where the level was seen: in the data on this member's disk, or at the other members */
  constructor(what: 'data' | 'cluster', inForce: number, known: number) {
    super(
      what === 'data'
        ? `the data are of feature level ${inForce}, this version of cairn reads up to ${known}: a newer version was in use, and ` +
            'there is no way back. Start the newer version again; the data are untouched'
        : `the cluster is at feature level ${inForce}, this version of cairn reads up to ${known}: most of the other members run a ` +
            'newer version. Start this member with the version that they run; its data are untouched',
    );
  }
}

/** A published version with the level as its fourth number, as it goes through the log: versions without one read it too. */
export function joinLevel(version: string, level: number): string {
  return level === FIRST_LEVEL ? version : `${version}.${level}`;
}

/** The other way round; a text that is neither is left as it is. */
export function splitLevel(text: string): { readonly version: string; readonly level: number } {
  const match = /^(\d+\.\d+\.\d+)\.(\d{1,7})$/.exec(text);
  const level = Number(match?.[2] ?? FIRST_LEVEL);
  const version = match?.[1];
  return version === undefined || level > LEVEL_MAX ? { version: text, level: FIRST_LEVEL } : { version, level };
}
