/** Told how long the member's loop takes. Called in every turn: it has to be quick, and may not throw. */
export interface MemberObserver {
  /** Milliseconds of a clock that never goes back. */
  nowMs(): number;
  /** The committed entries of one turn went through the state machine, and everyone who waited for them was told. */
  applied(elapsedMs: number): void;
}
