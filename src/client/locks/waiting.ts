/** What whoever waits for a lock goes by, the library and cairnctl: how long a member may say nothing, and what one says at the end. */

/** How long a member is waited for that says nothing. */
export interface WaitLimits {
  /** Besides the time that the lock may take: for the answer to arrive. */
  readonly answerMs: number;
  /** Between two questions whether it is still there, and for the answer to one. */
  readonly checkEveryMs: number;
  /** Silences in turn: an election among the members takes away nobody's place; a member that is cut off for longer does. */
  readonly silencesMax: number;
}

export const WAIT_LIMITS: WaitLimits = { answerMs: 5000, checkEveryMs: 5000, silencesMax: 3 };

/** The words of the lock module, with status 500: somebody else has it, at once or at the end of a wait. */
export const BUSY = 'failed to acquire lock';
/** The wait, or the place in the queue, has ended. */
export const CLOSED = 'lock watch closed';
