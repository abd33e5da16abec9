import type { Command } from '../../src/machine/command';
import { Machine } from '../../src/machine/machine';
import { Chores, type ChoresParts } from '../../src/member/chores';
import { EXPIRY_INTERVAL_MS, SCRUB_INTERVAL_MS } from '../../src/member/settings';
import { LogRecorder } from '../peer/harness';

const INTEGRITY_INTERVAL_MS = 60_000;

function scene() {
  const timers = new Map<number, () => void>();
  const clock = {
    now: () => 0,
    monotonicMs: () => 0,
    every: (intervalMs: number, run: () => void) => {
      timers.set(intervalMs, run);
      return () => void timers.delete(intervalMs);
    },
  };
  const proposed: Command[] = [];
  const guarded: string[] = [];
  const machine = new Machine(10);
  const parts = {
    settings: {
      ...{ name: 'a', clientURLs: ['http://a:2379'], version: '2.3.8', heartbeatIntervalMs: 100 },
      ...{ electionTimeoutMs: 1000, integrityIntervalMs: INTEGRITY_INTERVAL_MS },
    },
    raft: { id: 'a', leader: undefined, term: 1, campaign: () => undefined },
    state: { machine },
    transport: { setPeers: (peers: unknown) => void links.push(peers), remove: () => undefined, forward: () => false },
    clock,
    logger: new LogRecorder(),
    requests: {
      propose: (command: Command) => {
        proposed.push(command);
        return new Promise(() => undefined);
      },
    },
    firstPeers: [{ id: 'b', urls: ['http://b:2380'] }],
    quotaBytes: 0,
    guarded: (run: () => void) => {
      guarded.push('ran');
      run();
    },
  };
  const links: unknown[] = [];
  return { timers, proposed, guarded, links, chores: new Chores(parts as unknown as ChoresParts) };
}

test('at the start the member publishes itself, before any client can have asked for anything', () => {
  const { proposed, chores } = scene();
  chores.start();
  expect(proposed).toMatchObject([{ type: 'publish', memberId: 'a', name: 'a', clientURLs: ['http://a:2379'] }]);
  // It is under way; a tick does not do it again.
  chores.tick(100);
  expect(proposed).toHaveLength(1);
});

test('what is done from time to time has its own intervals, and ends with the member', () => {
  const { timers, guarded, chores } = scene();
  chores.start();
  expect([...timers.keys()]).toEqual([EXPIRY_INTERVAL_MS, SCRUB_INTERVAL_MS, INTEGRITY_INTERVAL_MS]);
  // A damaged node ends the member: what finds it runs where a failure is noticed.
  timers.get(SCRUB_INTERVAL_MS)!();
  expect(guarded).toEqual(['ran']);
  chores.stop();
  expect(timers.size).toBe(0);
});

test('until the state says who the members are, the links are to those it was told of', () => {
  const { links, chores } = scene();
  chores.tick(0);
  chores.tick(100);
  expect(links).toEqual([[{ id: 'b', urls: ['http://b:2380'] }]]);
});
