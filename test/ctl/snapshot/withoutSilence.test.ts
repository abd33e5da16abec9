import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { withoutSilence } from '../../../src/ctl/snapshot/withoutSilence';

const LIMIT_MS = 100;

/** The pieces as texts, each taken for so long. */
async function taken(body: PassThrough, takenMs: number): Promise<readonly string[]> {
  const pieces: string[] = [];
  for await (const piece of withoutSilence(body, LIMIT_MS)) {
    pieces.push(Buffer.from(piece).toString());
    await sleep(takenMs);
  }
  return pieces;
}

test('a disk that takes longer than the limit to store a piece is not the silence of the member', async () => {
  const body = new PassThrough();
  body.write('a');
  const taking = taken(body, 4 * LIMIT_MS);
  await sleep(LIMIT_MS / 2);
  body.end('b');
  expect(await taking).toEqual(['a', 'b']);
});

test.each([
  ['at all', []],
  ['after a piece that took long to store', ['a']],
])('that nothing comes %s is said when the limit is over', async (_name, pieces) => {
  const body = new PassThrough();
  const closed = once(body, 'close').catch(() => undefined);
  for (const piece of pieces) body.write(piece);
  await expect(taken(body, 2 * LIMIT_MS)).rejects.toThrow('nothing came for 0.1 s; look at the member, and try again');
  await closed;
  expect(body.destroyed).toBe(true);
});
