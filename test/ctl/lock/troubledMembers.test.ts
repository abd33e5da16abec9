/** Locks of the command line at members of which one hangs or fails: the others have them. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from '../../../src/ctl/etcdctl/cluster';
import { Hold } from '../../../src/ctl/lock/hold';
import type { WaitLimits } from '../../../src/client/locks/waiting';
import { dialTcp } from '../../../src/platform/dial';
import { FakeServer, type Asked, type FakeAnswer } from '../../client/fakeServer';
import { runCtl, type CtlOutcome } from '../etcdctl/inProcess';

const servers = [new FakeServer(), new FakeServer()];
const WANTED = { kind: 'lock', name: 'x', holder: 'me', ttlS: 30 } as const;
const LONG_MS = 600_000;
let sick: FakeServer | undefined;
let folder: string;
const stop = { signal: new AbortController() };

beforeAll(() => Promise.all(servers.map((server) => server.start())));
afterAll(() => {
  for (const server of servers) server.stop();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-troubled-'));
  sick = undefined;
  stop.signal = new AbortController();
  for (const server of servers) server.asked.length = 0;
});
afterEach(() => {
  stop.signal.abort();
  rmSync(folder, { recursive: true });
});

/** Whichever is asked first is the one in trouble: which that is, is chance. */
function answering(inTrouble: (asked: Asked) => FakeAnswer | undefined): void {
  for (const server of servers) {
    server.answer = (asked) => {
      sick ??= server;
      if (server === sick) return inTrouble(asked);
      return { body: asked.method === 'POST' ? '7' : '' };
    };
  }
}

const endpoints = (): readonly string[] => servers.map(({ url }) => url);
const posts = (): readonly number[] =>
  servers.map(({ asked }) => asked.filter(({ method }) => method === 'POST').length);

function acquire(waitMs: number | undefined, limits: WaitLimits): Promise<Hold> {
  const cluster = new Cluster({
    ...{ endpoints: endpoints(), dialFor: () => Promise.resolve(dialTcp), user: undefined },
    ...{ timeoutMs: 2000, totalTimeoutMs: 5000, debug: undefined },
  });
  return Hold.acquire(cluster, WANTED, waitMs, stop.signal.signal, limits);
}

function ctl(...args: string[]): Promise<CtlOutcome> {
  const environment = { PATH: process.env['PATH'] ?? '', FILE: join(folder, 'written') };
  return runCtl(['--no-sync', '--endpoints', endpoints().join(), ...args], { environment });
}

it('a wait with an end is given up at a member that hangs, and goes on at the next one', async () => {
  answering(() => undefined);
  const hold = await acquire(100, { answerMs: 200, checkEveryMs: LONG_MS, silencesMax: 3 });
  expect([hold.token, posts()]).toEqual(['7', [1, 1]]);
});

it('a wait without end goes on at the next member when this one is silent', async () => {
  answering(() => undefined);
  const hold = await acquire(undefined, { answerMs: 100, checkEveryMs: 50, silencesMax: 2 });
  expect([hold.token, posts()]).toEqual(['7', [1, 1]]);
  expect(sick?.asked.filter(({ url }) => url === '/health').length).toBeGreaterThanOrEqual(2);
});

it('a wait without end stays where somebody is', async () => {
  let checks = 0;
  answering(({ url }) => {
    if (url !== '/health') return undefined;
    if (++checks === 10) stop.signal.abort(new Error('enough'));
    // One silence is none: there may be an election.
    return checks % 2 === 0 ? { body: { health: 'true' } } : { status: 503, body: { health: 'false' } };
  });
  await expect(acquire(undefined, { answerMs: 1000, checkEveryMs: 20, silencesMax: 2 })).rejects.toThrow('enough');
  expect([...posts()].sort()).toEqual([0, 1]);
});

it.each(['0s', '10s', undefined])(
  'one that answers 503 is not asked again before the others (--wait %s)',
  async (wait) => {
    answering(() => ({ status: 503, body: { message: 'cut off' } }));
    const outcome = await ctl('lock', 'x', ...(wait === undefined ? [] : ['--wait', wait]), '--', 'true');
    expect([outcome, posts()]).toEqual([{ code: 0, stdout: '', stderr: '' }, [1, 1]]);
  },
);

it.each(['failed to acquire lock', 'lock watch closed'])('"%s" is an answer, and no trouble', async (body) => {
  answering(() => ({ status: 500, body }));
  const { code, stderr } = await ctl('lock', 'x', '--wait', '0s', '--', 'true');
  expect([code, stderr]).toEqual([4, `Error:  x was not had: status 500, ${body}\n`]);
  expect([...posts()].sort()).toEqual([0, 1]);
});

it.each([[['lock', 'x']], [['lock', 'x', '--wait', '1s']]])(
  '%j fails at once where nobody is reached',
  async (args) => {
    const outcome = await runCtl(['--no-sync', '--endpoints', 'http://127.0.0.1:1,http://127.0.0.1:2', ...args]);
    expect([outcome.code, outcome.stderr]).toEqual([
      4,
      expect.stringMatching(/connection refused.*connection refused/s),
    ]);
  },
);

it('a member that hangs costs nobody a lock with a short TTL', async () => {
  let renewals = 0;
  answering(({ method }) => {
    if (method === 'POST') return { body: '7' };
    return method === 'PUT' && ++renewals === 1 ? { body: '' } : undefined;
  });
  const program = ['sh', '-c', 'until [ -e "$FILE" ]; do sleep 0.05; done'];
  const outcome = ctl('lock', 'x', '--ttl', '3', '--', ...program);
  const others = (): number => servers.find((server) => server !== sick)?.asked.length ?? 0;
  let hasEnded = false;
  void outcome.finally(() => (hasEnded = true));
  // The third one of the other member is behind the time of the first renewal.
  while (others() < 3 && !hasEnded) await new Promise((passed) => setTimeout(passed, 20));
  writeFileSync(join(folder, 'written'), '');
  expect(await outcome).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(existsSync(join(folder, 'written'))).toBe(true);
});
