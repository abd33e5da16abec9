import { Machine } from '../../src/machine/machine';
import { Loop, type LoopParts } from '../../src/member/loop';
import type { Verdict } from '../../src/raft/border';
import type { Message, Write } from '../../src/raft/types';

const NOW_MS = 1000;

interface Scene {
  readonly loop: Loop;
  /** What compaction was asked with. */
  readonly durable: number[];
  readonly stepped: Message[];
  readonly cut: { readonly from: string; readonly reason: string }[];
  readonly failures: unknown[];
  nextWrite: Write | undefined;
  verdict: (message: Message) => Verdict;
  offence: string | undefined;
}

/** A loop around a raft that has applied 100 entries, of which storage has the rows of 40. */
function makeScene(): Scene {
  const [durable, stepped, cut, failures]: [number[], Message[], Scene['cut'], unknown[]] = [[], [], [], []];
  const scene: Scene = {
    ...{ loop: undefined as unknown as Loop, durable, stepped, cut, failures },
    ...{ nextWrite: undefined, verdict: () => undefined, offence: undefined },
  };
  const parts = {
    raft: {
      applied: 100,
      ready: () => ({ messages: [], committed: [], reads: [] }),
      takeWrite: () => {
        const write = scene.nextWrite;
        scene.nextWrite = undefined;
        return write;
      },
      persisted: () => undefined,
      compact: () => undefined,
    },
    border: {
      judge: (message: Message) => scene.verdict(message),
      step: (message: Message) => stepped.push(message),
    },
    state: { machine: new Machine(10) },
    store: { applied: 40, write: () => new Promise<void>(() => undefined) },
    compaction: {
      stored: () => undefined,
      due: (applied: number) => {
        durable.push(applied);
      },
    },
    compactionLimit: () => 1000,
    desk: { hasQueued: false, received: () => scene.offence },
    clock: { now: () => NOW_MS, soon: () => undefined },
    transport: {
      cutOff: (from: string, reason: string) => {
        cut.push({ from, reason });
      },
    },
    onTurn: () => undefined,
    onFailure: (error: unknown) => failures.push(error),
  };
  return Object.assign(scene, { loop: new Loop(parts as unknown as LoopParts) });
}

const message = (from: string): Message => ({ type: 'timeoutNow', from, to: '1', term: 1 });
const entry = { kind: 'noop', index: 101, term: 1 } as const;

it('the log is cut up to what is stored with its rows, not up to what is applied', () => {
  const scene = makeScene();
  scene.nextWrite = { hardState: undefined, entries: [entry], start: undefined, messagesAfter: [] };
  scene.loop.received([]);
  expect(scene.durable).toEqual([40]);
  expect(scene.failures).toEqual([]);
});

it('what no sound member sends costs its sender the link, and the rest of what came with it is dropped', () => {
  const scene = makeScene();
  const [first, ignored, bad, last] = ['2', '3', '4', '5'].map(message);
  scene.verdict = (each) => (each === bad ? { offence: 'nonsense' } : each === ignored ? 'ignored' : undefined);
  scene.loop.received([first!, ignored!, bad!, last!]);
  expect(scene.stepped).toEqual([first]);
  expect(scene.cut).toEqual([{ from: '4', reason: 'nonsense' }]);
  expect(scene.failures).toEqual([]);
});

it('so does a request', () => {
  const scene = makeScene();
  scene.loop.requested('2', Buffer.alloc(0));
  expect(scene.cut).toEqual([]);
  scene.offence = 'garbage';
  scene.loop.requested('2', Buffer.alloc(0));
  expect(scene.cut).toEqual([{ from: '2', reason: 'garbage' }]);
  expect(scene.failures).toEqual([]);
});
