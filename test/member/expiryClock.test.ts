import type { Command } from '../../src/machine/command';
import type { KeyResult } from '../../src/machine/keyspace/event';
import { ExpiryClock } from '../../src/member/expiryClock';
import type { CurrentState } from '../../src/member/currentState';
import type { Clock } from '../../src/platform/clock';
import { EXPIRE_MAX } from '../../src/member/settings';
import type { Raft } from '../../src/raft/raft';

const SELF = 'abc';
const NOW_MS = 5000;
const ANSWER: KeyResult = { ok: false, code: 100, cause: '', etcdIndex: 0 };

interface Scene {
  leader: string | undefined;
  due: number;
  readonly proposed: Command[];
  readonly expiry: ExpiryClock;
  /** Ends the proposal that is under way. */
  settle: (ok: boolean) => void;
}

function makeScene(leader: string | undefined): Scene {
  const proposed: Command[] = [];
  const scene: Scene = {
    leader,
    due: 1,
    proposed,
    expiry: undefined as unknown as ExpiryClock,
    settle: () => undefined,
  };
  const raft = {
    id: SELF,
    get leader() {
      return scene.leader;
    },
  };
  const keySpace = { isDue: (nowMs: number) => nowMs === NOW_MS && scene.due > 0 };
  const expiry = new ExpiryClock(
    raft as unknown as Raft,
    { machine: { keySpace } } as unknown as CurrentState,
    { now: () => NOW_MS } as Clock,
    (command) => {
      proposed.push(command);
      return new Promise((resolve, reject) => {
        scene.settle = (ok) => (ok ? resolve(ANSWER) : reject(new Error('no')));
      });
    },
  );
  return Object.assign(scene, { expiry });
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('only a leader’s clock lets keys expire', () => {
  for (const leader of [undefined, 'def']) {
    const { expiry, proposed } = makeScene(leader);
    expiry.check();
    expect(proposed).toEqual([]);
  }
  const { expiry, proposed } = makeScene(SELF);
  expiry.check();
  expect(proposed).toEqual([{ type: 'sync', nowMs: NOW_MS, expireMax: EXPIRE_MAX }]);
});

it('says nothing while nothing is due', () => {
  const scene = makeScene(SELF);
  scene.due = 0;
  scene.expiry.check();
  expect(scene.proposed).toEqual([]);
});

it('asks for one slice at a time, and for the next as soon as one is applied, while it leads', async () => {
  const scene = makeScene(SELF);
  scene.expiry.check();
  scene.expiry.check();
  expect(scene.proposed).toHaveLength(1);
  scene.settle(true);
  await settled();
  expect(scene.proposed).toHaveLength(2);
  scene.leader = 'def';
  scene.settle(true);
  await settled();
  expect(scene.proposed).toHaveLength(2);
});

it('tries again at the next look after a failure, not at once', async () => {
  const scene = makeScene(SELF);
  scene.expiry.check();
  scene.settle(false);
  await settled();
  expect(scene.proposed).toHaveLength(1);
  scene.expiry.check();
  expect(scene.proposed).toHaveLength(2);
});
