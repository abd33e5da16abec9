/** What clients asked for and what they heard: the material both checkers judge. Times are milliseconds of one monotonic clock. */

/** Every value a history writes is written by one request only, so a value tells which request it came from. */
export type Action =
  | { readonly type: 'set'; readonly key: string; readonly value: string }
  /** POST: the key is `directory` and a name that the server makes. */
  | { readonly type: 'append'; readonly directory: string; readonly value: string }
  | { readonly type: 'compareAndSwap'; readonly key: string; readonly expected: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string }
  /** `linearizable` false: served from the member's own tree, possibly stale. */
  | { readonly type: 'read'; readonly key: string; readonly linearizable: boolean };

/** A value and the index of the write that made it. */
export interface Version {
  readonly value: string;
  readonly modifiedIndex: number;
}

export type Result =
  /** Carried out at `index`, on `key`. `previous`: what was there before; null: nothing; undefined: not told. */
  | {
      readonly type: 'written';
      readonly key: string;
      readonly index: number;
      readonly previous: Version | null | undefined;
    }
  /** Not carried out because the store, at `index`, held `actual`; undefined: the key did not exist. */
  | { readonly type: 'mismatch'; readonly index: number; readonly actual: string | undefined }
  /** A read when the store was at `index`. */
  | { readonly type: 'seen'; readonly index: number; readonly version: Version | undefined }
  /** No answer, or one that leaves it open whether it was or will be carried out. */
  | { readonly type: 'unknown' };

export interface Operation {
  readonly client: string;
  readonly action: Action;
  readonly startMs: number;
  /** Infinity if the result is unknown. */
  readonly endMs: number;
  readonly result: Result;
}

/** A change as a watch told it. `value` undefined: the key is gone. */
export interface SeenEvent {
  readonly index: number;
  readonly key: string;
  readonly value: string | undefined;
}

export interface Violation {
  readonly kind: string;
  readonly text: string;
}

/** One line for a report. */
export function describeOperation({ client, action, startMs, endMs, result }: Operation): string {
  const times = `${startMs.toFixed(1)}..${Number.isFinite(endMs) ? endMs.toFixed(1) : 'open'}`;
  return `[${client} ${times}] ${JSON.stringify(action)} -> ${JSON.stringify(result)}`;
}
