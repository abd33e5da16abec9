import { Machine } from '../../src/machine/machine';
import { Loop } from '../../src/member/loop';
import type { LoopParts } from '../../src/member/loopParts';
import type { StoreWrite } from '../../src/storage/memberStore';
import { set } from '../machine/keyspace/writer';
import type { Verdict } from '../../src/raft/border';
import type { LogStart, Message, Write } from '../../src/raft/types';

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
  const raft = {
    applied: 100,
    ready: () => ({ messages: [], committed: [], reads: [] }),
    takeWrite: () => {
      const write = scene.nextWrite;
      scene.nextWrite = undefined;
      return write;
    },
    persisted: () => undefined,
    compact: () => undefined,
  };
  const border = {
    judge: (message: Message) => scene.verdict(message),
    step: (message: Message) => stepped.push(message),
  };
  const compaction = {
    stored: () => undefined,
    due: (applied: number) => {
      durable.push(applied);
    },
  };
  const transport = {
    cutOff: (from: string, reason: string) => {
      cut.push({ from, reason });
    },
  };
  const parts = {
    replica: {
      raft,
      state: { machine: new Machine(10) },
      store: { applied: 40, write: () => new Promise<void>(() => undefined) },
    },
    peers: { border, transport, forwarder: { hasQueued: false, received: () => scene.offence } },
    waiting: {},
    retention: { compaction, compactionLimit: () => 1000 },
    events: { onTurn: () => undefined, onFailure: (error: unknown) => failures.push(error) },
    clock: { now: () => NOW_MS, soon: () => undefined },
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

describe('a member that stops', () => {
  const start: LogStart = { index: 150, term: 2, configuration: { voters: ['1'], learners: [] } };

  /** A loop that takes over the state at 150; `onAdopted` runs when that is on the disk. */
  async function takeOver(
    onAdopted: (loop: Loop) => void,
  ): Promise<{ machine: Machine; written: StoreWrite[]; loop: Loop }> {
    const written: StoreWrite[] = [];
    const machine = new Machine(10);
    const none = (): undefined => undefined;
    const raft = {
      ...{ id: '1', leader: '2', applied: 100 },
      ready: () => ({ messages: [], committed: [], reads: [] }),
      ...{ takeWrite: none, faultOfStart: none, entries: () => [], status: () => ({ lastIndex: 150 }) },
      installSnapshot: ({ index }: LogStart) => {
        raft.applied = index;
        return true;
      },
    };
    const parts = {
      replica: {
        raft,
        state: { machine: new Machine(10) },
        store: { write: (write: StoreWrite) => Promise.resolve(void written.push(write)) },
      },
      peers: { forwarder: { hasQueued: false } },
      waiting: { reads: { release: none } },
      retention: { compaction: { restart: none } },
      events: { onStateReplaced: none, onMembersChanged: none, onTurn: none, onFailure: none },
    };
    const loop = new Loop(parts as unknown as LoopParts);
    const adopt = (): Promise<Machine> => {
      onAdopted(loop);
      return Promise.resolve(machine);
    };
    await loop.replaceState(start, adopt);
    return { machine, written, loop };
  }

  it('right at the state it received stores the rows that changed since', async () => {
    const { machine, written, loop } = await takeOver(() => undefined);
    machine.keySpace.apply(set('/a', { value: '1' }));
    await loop.stop();
    await loop.flush();
    expect(written).toEqual([{ rows: expect.arrayContaining([expect.objectContaining({ key: '/a' })]), applied: 150 }]);
  });

  it('while it takes over a state stores nothing over it: raft is still where it was', async () => {
    const { written, loop } = await takeOver((stopping) => void stopping.stop());
    await loop.flush();
    expect(written).toEqual([]);
  });
});
