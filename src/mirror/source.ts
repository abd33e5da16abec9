/** Where the keys come from. `clusterSource.ts` asks members; tests have others. */
import type { Listing } from './listing';

export type Listed =
  | { readonly kind: 'directory'; readonly listing: Listing }
  /** There is no such directory at this index of the store. */
  | { readonly kind: 'missing'; readonly index: number }
  /** The prefix is a key with a value. */
  | { readonly kind: 'key'; readonly index: number };

export interface Source {
  /** Everything below the prefix at one index, as a majority has it. Rejects if nobody answers, or with the signal's reason. */
  list(signal: AbortSignal): Promise<Listed>;
  /**
   * The index of each change below the prefix after `index`. Ends if some of them cannot be had any more: the prefix is to be listed again.
   * Rejects if nobody answers; ends when the signal is aborted.
   */
  changes(index: number, signal: AbortSignal): AsyncIterable<number>;
}
