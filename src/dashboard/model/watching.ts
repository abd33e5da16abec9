/** How a watch goes on: from which index it asks again, after which pause, and when everything has to be listed again. */

export interface Watching {
  /** The next index that was not seen yet; undefined: what is there has to be listed first. */
  readonly from: number | undefined;
  /** Attempts in a row that brought nothing. */
  readonly failures: number;
}

export type Outcome =
  /** What is there was listed, at the store's index. */
  | { readonly kind: 'listed'; readonly index: number }
  /** The member gave a sign of life while it had nothing to tell: the watch is as it should be. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'event'; readonly index: number }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed' }
  /** The events after `from` are no longer kept (error 401 of the API). */
  | { readonly kind: 'cleared' };

export const BEGINNING: Watching = { from: undefined, failures: 0 };

export function next(watching: Watching, outcome: Outcome): Watching {
  switch (outcome.kind) {
    case 'listed':
      return { from: outcome.index + 1, failures: 0 };
    case 'idle':
      return { ...watching, failures: 0 };
    case 'event':
      return { from: Math.max(watching.from ?? 0, outcome.index + 1), failures: 0 };
    case 'ended':
      return watching;
    case 'failed':
      return { ...watching, failures: watching.failures + 1 };
    case 'cleared':
      return { from: undefined, failures: 0 };
  }
}

const PAUSE_MS = 250;
const PAUSE_MS_MAX = 5000;

/** Before the next attempt. A member that is back is seen within five seconds; one that is away is not asked in a loop. */
export function pauseMs({ failures }: Watching): number {
  return failures === 0 ? 0 : Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** (failures - 1));
}

/** What the page says of its member: it tells what happens, it does not say it to this user, or it is not heard. */
export type Connection = 'live' | 'refused' | 'silent';

/** Cuts a stream of JSON values into its lines. What is not whole yet waits for the rest. */
export class Lines {
  private rest = '';

  take(text: string): string[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.filter((line) => line !== '');
  }
}
