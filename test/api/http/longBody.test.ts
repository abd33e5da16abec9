/** What is made of a long answer before its client takes anything of it. */
import { EventEmitter } from 'node:events';
import { sendPieces } from '../../../src/api/http/longBody';
import type { Outgoing } from '../../../src/api/http/outgoing';
import { Turns } from '../../../src/api/turns';

/** A client whose machine has no room. */
class Full extends EventEmitter {
  bytes = 0;
  readonly req = { method: 'GET' };
  readonly writableNeedDrain = true;

  write(piece: Uint8Array): boolean {
    this.bytes += piece.length;
    return false;
  }

  end(piece: Uint8Array): void {
    this.bytes += piece.length;
  }
}

function* pieces(count: number): Generator<string, void, undefined> {
  for (let at = 0; at < count; at += 1) yield 'x'.repeat(8192);
}

test.each([
  [10, 10 * 8192],
  [1000, 17 * 8192],
])('of %i pieces of 8 KiB, %i bytes', async (count, made) => {
  const response = new Full();
  const heads: unknown[] = [];
  sendPieces(response as unknown as Outgoing, (more) => heads.push(more), pieces(count), new Turns(), fail);
  await new Promise(setImmediate);
  expect(response.bytes).toBe(made);
  expect(heads).toEqual([made === count * 8192 ? ['Content-Length', made] : []]);
});

function fail(error: unknown): never {
  throw error;
}
