import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { PacedAnswer } from '../../../src/api/admin/pacedAnswer';

const PART = Buffer.alloc(1000);
/** A part may take long, and a hundred together half a second. */
const PACE = { partMaxMs: 10_000, bytesAMsMin: 200, behindMaxMs: 100 };

/** A client that takes each part after so long; after 0 at once. */
class Client extends EventEmitter {
  readonly closed = false;
  readonly destroyed = false;

  constructor(private readonly takesMs: number) {
    super();
  }

  write(): boolean {
    if (this.takesMs > 0) setTimeout(() => this.emit('drain'), this.takesMs);
    else setImmediate(() => this.emit('drain'));
    return false;
  }
}

async function written(client: Client, parts: number, pace = PACE): Promise<number> {
  const answer = new PacedAnswer(client as unknown as ServerResponse, pace);
  for (let count = 0; count < parts; count += 1) {
    try {
      await answer.write([PART]);
    } catch (error) {
      expect(String(error)).toContain('the client took too little of it for too long');
      return count;
    }
  }
  return parts;
}

test('a client that takes each part in time, and all of them too slowly, is given up', async () => {
  const parts = await written(new Client(20), 100);
  // After n parts it waited for at least 20 n ms, and 100 + 5 n are allowed.
  expect(parts).toBeLessThanOrEqual(7);
});

test('a client that takes parts as they come gets all of them', async () => {
  // However long this machine has no time for the test.
  expect(await written(new Client(0), 50, { ...PACE, behindMaxMs: 10_000 })).toBe(50);
});
