/** Majorities: of the indexes that members hold, and of the votes they gave. */
import type { MemberId } from './types';

export type VoteResult = 'won' | 'lost' | 'pending';

/** How many of `voterCount` members are a majority. */
export function quorumSize(voterCount: number): number {
  return Math.floor(voterCount / 2) + 1;
}

/**
 * The highest index that a majority holds (paper figure 2, "rules for servers", leaders). Sorts `indexes` in place, which
 * is quicker for the handful of voters there are than anything that allocates.
 */
export function quorumIndex(indexes: number[]): number {
  for (let position = 1; position < indexes.length; position += 1) {
    const value = indexes[position] ?? 0;
    let hole = position;
    for (; hole > 0 && (indexes[hole - 1] ?? 0) < value; hole -= 1) indexes[hole] = indexes[hole - 1] ?? 0;
    indexes[hole] = value;
  }
  return indexes[quorumSize(indexes.length) - 1] ?? 0;
}

/** Counts the votes of `voters`; votes of anybody else do not matter (paper section 5.2). */
export function voteResult(voters: readonly MemberId[], votes: ReadonlyMap<MemberId, boolean>): VoteResult {
  let granted = 0;
  let refused = 0;
  for (const voter of voters) {
    const vote = votes.get(voter);
    if (vote === true) granted += 1;
    else if (vote === false) refused += 1;
  }
  const needed = quorumSize(voters.length);
  if (granted >= needed) return 'won';
  return refused > voters.length - needed ? 'lost' : 'pending';
}

/** Whether a majority of `voters` satisfies `holds`. */
export function quorumHolds(voters: readonly MemberId[], holds: (voter: MemberId) => boolean): boolean {
  let count = 0;
  for (const voter of voters) if (holds(voter)) count += 1;
  return count >= quorumSize(voters.length);
}
