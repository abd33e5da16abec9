/** Whoever comes from the address of somebody who guesses passwords all the time, behind one proxy perhaps, gets in all the same. */
import type { IncomingMessage } from 'node:http';
import { Authenticator } from '../../src/api/auth/authenticator';
import { PasswordCheck } from '../../src/api/auth/passwordCheck';
import { FakeMember } from '../api/fakeMember';
import { addUser, basic } from '../api/auth/userWith';
import { SeededRandom } from '../simulation/random';

const CONNECTIONS = 30;
const CHECK_MS = 60;
const PAUSE_MS = 1000;
const GIVES_UP_AFTER_MS = 2 * 60_000;
/** Each connection asks twice a second at most. */
const GUESSES_MAX = CONNECTIONS * 2 * (GIVES_UP_AFTER_MS / 1000);

/** Time that passes only when nobody has anything to do. */
class FakeTime {
  nowMs = 0;
  private readonly due: { readonly atMs: number; readonly run: () => void }[] = [];

  after(delayMs: number): Promise<void> {
    return new Promise((run) => {
      this.due.push({ atMs: this.nowMs + delayMs, run });
    });
  }

  async runUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      this.due.sort((one, other) => one.atMs - other.atMs);
      const next = this.due.shift();
      if (next === undefined) throw new Error('nobody waits for anything');
      this.nowMs = next.atMs;
      next.run();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  }
}

function requestWith(headers: Record<string, string>): IncomingMessage {
  return { headers, socket: { remoteAddress: '10.0.0.1' } } as unknown as IncomingMessage;
}

test.each([1, 2, 3, 4, 5])('seed %i: he is let in, though the guesser asks again at once each time', async (seed) => {
  const chance = new SeededRandom(seed);
  const random = (): number => chance.next();
  const member = new FakeMember();
  await addUser(member, 'ann', 'annpw');
  const time = new FakeTime();
  const work = {
    hashOf: () => Promise.reject(new Error('nobody makes a user')),
    isPasswordOf: async (_hash: string, password: Buffer) => {
      await time.after(CHECK_MS);
      return password.toString() === 'annpw';
    },
  };
  const passwords = new PasswordCheck(() => time.nowMs, work);
  const authenticator = new Authenticator({ source: member, passwords, pause: () => time.after(PAUSE_MS) });
  let isIn = false;
  let guesses = 0;
  const guess = async (): Promise<void> => {
    while (!isIn) {
      guesses += 1;
      await authenticator.identify(requestWith(basic(`user${guesses}`, 'x')));
      await time.after(1 + random());
    }
  };
  const comes = async (): Promise<void> => {
    await time.after(30_000);
    for (;;) {
      const found = await authenticator.identify(requestWith(basic('ann', 'annpw')));
      if (found !== 'guest' && 'name' in found) break;
      await time.after(1000 * random());
    }
    isIn = true;
  };
  for (let connection = 0; connection < CONNECTIONS; connection++) void guess();
  void comes();
  await time.runUntil(() => isIn || time.nowMs > GIVES_UP_AFTER_MS || guesses > GUESSES_MAX);
  expect(isIn).toBe(true);
  isIn = true;
});
