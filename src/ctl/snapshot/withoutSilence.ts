import type { Readable } from 'node:stream';

/** The pieces as they come; rejects when none has come for so long. */
export async function* withoutSilence(body: Readable, limitMs: number): AsyncGenerator<Uint8Array, void, undefined> {
  const timer = setTimeout(() => {
    body.destroy(new Error(`nothing came for ${limitMs / 1000} s; look at the member, and try again`));
  }, limitMs);
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      timer.refresh();
      yield piece;
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
  }
}
