/** One signal for several, which leaves nothing behind on those that live longer. */
import { setMaxListeners } from 'node:events';

export interface LinkedSignal {
  readonly signal: AbortSignal;
  abort(reason: Error): void;
  /** To be called at the end, whatever it was. */
  release(): void;
}

/**
 * Aborted with the first of them, with its reason. `AbortSignal.any` keeps, in some versions of Node.js, what was made of a signal as long as
 * that signal lives, and a client lives as long as its process.
 */
export function linkedSignal(...sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const given = sources.filter((source) => source !== undefined);
  const listeners = given.map((source) => {
    const stopped = (): void => {
      controller.abort(source.reason);
    };
    // As many requests as there are listen to it at a time; that is no leak.
    setMaxListeners(0, source);
    if (source.aborted) stopped();
    else source.addEventListener('abort', stopped, { once: true });
    return stopped;
  });
  return {
    signal: controller.signal,
    abort: (reason) => {
      controller.abort(reason);
    },
    release: () => {
      given.forEach((source, position) => {
        const stopped = listeners[position];
        if (stopped !== undefined) source.removeEventListener('abort', stopped);
      });
    },
  };
}
