/**
 * When a founder without a state may found the cluster. Pure: what the others answered comes in, a verdict comes out.
 *
 * A founder that lost its disk looks like one that starts for the first time, and nobody but the others can tell the two apart.
 * So each data directory draws an incarnation, every founder keeps for good the first incarnation of each other founder that it
 * heard of, and nobody founds who is not kept by so many others that a second incarnation must meet one of them (README.md has
 * the argument). Silence is never an answer.
 */

/** What a founder knows of the incarnation that asks. */
export type Knowledge =
  /** It is kept, and was before the one that answers had a state. */
  | 'early'
  /** It is kept, but only since the one that answers has a state. */
  | 'late'
  /** Another one is kept: the directory that asks is not the first of its founder. */
  | 'other';

/** The answer of a member of the cluster in question. */
export interface WitnessAnswer {
  readonly memberId: string;
  readonly incarnation: string;
  /** It has a state. */
  readonly running: boolean;
  readonly knows: Knowledge;
  /** Its state says that the member that asks was started. */
  readonly started: boolean;
  /** Its state says that the members are no longer the founders. */
  readonly changed: boolean;
}

/** An answer, and whether it may be counted: given by the founder that was asked, with a state or in the first directory it had. */
export interface HeardAnswer extends WitnessAnswer {
  readonly counts: boolean;
}

export type FoundingVerdict =
  | { readonly kind: 'found' }
  /** This founder was started before, or the cluster has gone on without it: it may only come in as a new member. */
  | { readonly kind: 'lost'; readonly because: string }
  /** `witnesses` of `needed` others have said what is needed. */
  | { readonly kind: 'wait'; readonly witnesses: number; readonly needed: number; readonly running: number };

/** Half of the founders and one more. */
export function quorumOf(founders: number): number {
  return Math.floor(founders / 2) + 1;
}

/**
 * @param founders how many the cluster has, this one included
 * @param answers the last answer of each of the others that gave one
 */
export function judgeFounding(founders: number, answers: readonly HeardAnswer[]): FoundingVerdict {
  const because = answers.map(reasonToComeBack).find((reason) => reason !== undefined);
  if (because !== undefined) return { kind: 'lost', because };
  const counted = answers.filter(({ counts }) => counts);
  const early = counted.filter(({ knows }) => knows === 'early').length;
  const running = counted.filter((answer) => answer.running).length;
  // A quorum of directories, this one included, was empty when it was already there: no quorum had a state without it.
  const neededEarly = quorumOf(founders) - 1;
  // So many keep this incarnation that any quorum that had kept an earlier one would have answered.
  const neededRunning = founders - neededEarly;
  if (early >= neededEarly || running >= neededRunning) return { kind: 'found' };
  return running > 0
    ? { kind: 'wait', witnesses: running, needed: neededRunning, running }
    : { kind: 'wait', witnesses: early, needed: neededEarly, running };
}

function reasonToComeBack({ memberId, knows, running, started, changed }: HeardAnswer): string | undefined {
  if (knows === 'other') return `member ${memberId} knows it from another data directory`;
  if (started) return `member ${memberId} says that it was started before`;
  return running && changed ? `member ${memberId} says that the members have changed since the foundation` : undefined;
}
