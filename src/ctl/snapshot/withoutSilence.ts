import type { Readable } from 'node:stream';

/**
 * The pieces as they come; rejects when none has come for so long. Only waiting for the member counts: what whoever takes the pieces does
 * with one, such as storing it on a disk that is slow, is not the member's silence.
 */
export async function* withoutSilence(body: Readable, limitMs: number): AsyncGenerator<Uint8Array, void, undefined> {
  const begin = (): NodeJS.Timeout =>
    setTimeout(() => {
      body.destroy(new Error(`nothing came for ${limitMs / 1000} s; look at the member, and try again`));
    }, limitMs);
  let timer = begin();
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      yield piece;
      timer = begin();
    }
  } finally {
    clearTimeout(timer);
  }
}
