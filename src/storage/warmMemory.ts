/**
 * The engine's binding copies a long value into new memory before it looks at it, in one turn, and on some machines finding and clearing the pages
 * of new memory takes ten times as long as the copy. Memory that was touched before, a slice in a turn, and given back to the C library is
 * what that takes next for about this length: no page of it is new then. With another C library than glibc it may help nothing; it never harms.
 */
import { MessageChannel } from 'node:worker_threads';

const MEBIBYTE = 1024 * 1024;
const SLICE_BYTES = MEBIBYTE;
/** Shorter ones are not worth the turns. */
const BYTES_MIN = 2 * MEBIBYTE;
/** glibc gives what is longer back to the system at once, whatever came before. */
const BYTES_MAX = 30 * MEBIBYTE;
/** What an allocation has beside its bytes. */
const BESIDE_BYTES = 64 * 1024;
const PAGE_BYTES = 4096;

/**
 * @param inLaterTurn runs what it is given in a turn of the event loop to come
 * @param next called once an allocation of so many bytes finds memory that was used before
 */
export function warmMemory(bytes: number, inLaterTurn: (run: () => void) => void, next: () => void): void {
  if (bytes < BYTES_MIN || bytes > BYTES_MAX) {
    next();
    return;
  }
  const length = bytes + BESIDE_BYTES;
  // Given back untouched it costs nothing, and glibc takes memory of this length from its heap from then on, which it keeps.
  giveBack(Buffer.allocUnsafeSlow(length));
  afterGivingBack(() => {
    touch(Buffer.allocUnsafeSlow(length), 0);
  });

  function touch(memory: Buffer, from: number): void {
    const to = Math.min(memory.length, from + SLICE_BYTES);
    for (let at = from; at < to; at += PAGE_BYTES) memory[at] = 0;
    if (to < memory.length) {
      inLaterTurn(() => {
        touch(memory, to);
      });
      return;
    }
    giveBack(memory);
    afterGivingBack(next);
  }

  /** A port closes a turn later. */
  function afterGivingBack(run: () => void): void {
    inLaterTurn(() => {
      inLaterTurn(run);
    });
  }
}

/** Now, rather than when memory is collected next: what was sent to nobody is thrown away. */
function giveBack({ buffer }: Buffer): void {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(buffer, [buffer as ArrayBuffer]);
  port1.close();
  port2.close();
}
