/** Committed entries for a backup that follows the log. */

/** An entry of the log, to be named to whoever may have it. */
export interface LogPosition {
  readonly index: number;
  readonly term: number;
}

/** What comes next to somebody who follows the log. */
export type LogPart =
  /** The next entries without a hole, each as it is stored (storage/entryCodec.ts). */
  | { readonly kind: 'entries'; readonly entries: readonly Uint8Array[] }
  /** Everything that any member acknowledged before now was given: the last entry, and X-Etcd-Index once it is applied. */
  | { readonly kind: 'mark'; readonly position: LogPosition; readonly etcdIndex: number };

export type LogFollowing =
  /**
   * `parts` ends when the caller's signal says so, and is to be read once. Rejects with MemberError when the member stops, has lost its
   * majority, or has forgotten entries that were not given yet.
   */
  | { readonly kind: 'following'; readonly parts: AsyncIterable<LogPart>; readonly ending: AbortSignal }
  /** The entries after that position are forgotten here: only a whole state leads over the gap. */
  | { readonly kind: 'forgotten'; readonly firstIndex: number }
  /** No entry of this log has that index and that term: it is another log. */
  | { readonly kind: 'unknown' };

/** Gives away what is committed, entry by entry. */
export interface LogSource {
  /**
   * @param after the entry after which to begin
   * @param signal nobody wants more
   * Rejects with MemberError, also if no majority of the members can be asked.
   */
  followLog(after: LogPosition, signal: AbortSignal): Promise<LogFollowing>;
}
