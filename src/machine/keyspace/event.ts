/** What the key space answers: events, and errors as values. Both are immutable and never refer into the tree. */

export type Action = 'get' | 'set' | 'create' | 'update' | 'compareAndSwap' | 'delete' | 'compareAndDelete' | 'expire';

/** A node as it was at one moment. Strings are byte strings. */
export interface NodeView {
  readonly key: string;
  /** Undefined for directories and for the node of a delete or expire. */
  readonly value: string | undefined;
  readonly dir: boolean;
  /** 0 for the root, which has none. */
  readonly createdIndex: number;
  readonly modifiedIndex: number;
  /** Milliseconds since 1970; undefined: permanent. */
  readonly expirationMs: number | undefined;
  /** Visible children, only in answers to reads of a directory; undefined if there are none. */
  readonly nodes: readonly NodeView[] | undefined;
}

/**
 * A step through a listing: a node without visible children, one whose children follow until it is closed, or nothing, which
 * only ends a slice of the work.
 */
export type ListingStep =
  { readonly type: 'node' | 'open' | 'close'; readonly view: NodeView } | { readonly type: 'pause' };

/** Something that happened to the key space, or the answer to a read (action `get`). */
export interface KeyEvent {
  readonly ok: true;
  readonly action: Action;
  readonly node: NodeView;
  readonly prevNode: NodeView | undefined;
  /** X-Etcd-Index of the answer: the index after a write, the current one for a read. */
  readonly etcdIndex: number;
  /** The moment from which `ttl` is counted, milliseconds since 1970. */
  readonly nowMs: number;
  /** Changed nothing but a TTL: wakes no watcher and is skipped by history scans. */
  readonly refresh: boolean;
  /**
   * What is below `node`, if it is too much to be collected at once: as it was at `etcdIndex`, whatever happens while it is
   * walked through. To be read once; whoever does not read it to its end has to call `return`.
   */
  readonly listing?: Generator<ListingStep, void, undefined>;
}

/** Codes of spec/v2-api.md section 4 that the key space itself can answer. */
export type KeyErrorCode = 100 | 101 | 102 | 104 | 105 | 106 | 107 | 108 | 401;

export interface KeyError {
  readonly ok: false;
  readonly code: KeyErrorCode;
  /** A byte string; empty: no cause is shown. */
  readonly cause: string;
  /** The store index when it was refused. */
  readonly etcdIndex: number;
}

export type KeyResult = KeyEvent | KeyError;
