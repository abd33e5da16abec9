import type { LogStart } from '../../../src/raft/types';
import { snapshotHeaderFrame } from '../../../src/peer/wire/snapshotCodec';
import { claim, newNonce } from '../fakeMember';
import { connected, pause, startNode, stopAll, type TestNode, until } from '../harness';

afterEach(stopAll);

const START: LogStart = { index: 1234, term: 5, configuration: { voters: ['a1', 'b2'], learners: ['c3'] } };
const KIB = 1024;

async function* chunks(count: number, bytes: number, onEach: (position: number) => void = () => undefined) {
  for (let position = 0; position < count; position += 1) {
    onEach(position);
    await pause(0);
    yield Buffer.alloc(bytes, position);
  }
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) {
    await pause(2);
    yield Buffer.alloc(10 * KIB);
  }
}

type OnSnapshot = NonNullable<Parameters<typeof startNode>[1]>['onSnapshot'];

async function pair(onSnapshot: OnSnapshot, silenceMs = 5000, stallMs = 60_000): Promise<[TestNode, TestNode]> {
  const limits = { snapshotSilenceMs: silenceMs, snapshotStallMs: stallMs };
  const a = await startNode('a1', limits);
  const b = await startNode('b2', { ...limits, ...(onSnapshot === undefined ? {} : { onSnapshot }) });
  await connected(a, b);
  return [a, b];
}

describe('a snapshot', () => {
  it('arrives whole, chunk by chunk, with its header', async () => {
    const received: Buffer[] = [];
    let about: unknown;
    const [a] = await pair(async (from, start, incoming) => {
      about = { from, start };
      for await (const chunk of incoming) received.push(Buffer.from(chunk));
    });
    await a.network.sendSnapshot('b2', START, chunks(40, 100 * KIB));
    expect(about).toEqual({ from: 'a1', start: START });
    expect(received.map(({ length }) => length)).toEqual(Array.from({ length: 40 }, () => 100 * KIB));
    expect(received.every((chunk, position) => chunk.every((byte) => byte === position))).toBe(true);
  });

  it('may be empty', async () => {
    const [a] = await pair(undefined);
    await a.network.sendSnapshot('b2', START, chunks(0, 0));
  });

  it('is sent no faster than it is read', async () => {
    let taken = 0;
    const [a] = await pair(async (_from, _start, incoming) => {
      for await (const _chunk of incoming) {
        taken += 1;
        await pause(3);
      }
    });
    let aheadMax = 0;
    const source = chunks(150, 256 * KIB, (position) => {
      aheadMax = Math.max(aheadMax, position - taken);
    });
    await a.network.sendSnapshot('b2', START, source);
    expect(taken).toBe(150);
    // What the kernel holds for a loopback connection, and a little on both sides.
    expect(aheadMax * 256 * KIB).toBeLessThan(16 * 1024 * KIB);
  });

  it('that the receiver fails to take is refused with its reason, at once', async () => {
    const [a, b] = await pair(async (_from, _start, incoming) => {
      for await (const _chunk of incoming) throw new Error('the disk is full');
    });
    await expect(a.network.sendSnapshot('b2', START, endless())).rejects.toThrow('the disk is full');
    expect(b.log.texts('failed to receive the snapshot from a1 (the disk is full)')).toHaveLength(1);
  });

  it('that is not read to its end does not count', async () => {
    const [a] = await pair(() => Promise.resolve());
    await expect(a.network.sendSnapshot('b2', START, chunks(2, 10))).rejects.toThrow('was not read to its end');
  });

  it('whose source fails fails on both sides', async () => {
    let receiver: unknown;
    const [a] = await pair(async (_from, _start, incoming) => {
      try {
        for await (const _chunk of incoming);
      } catch (error) {
        receiver = error;
        throw error;
      }
    });
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* chunks(3, 10);
      throw new Error('the iterator broke');
    }
    await expect(a.network.sendSnapshot('b2', START, broken())).rejects.toThrow('the iterator broke');
    await until(() => receiver !== undefined);
    expect(receiver).toEqual(new Error('the connection was closed in the middle'));
  });

  it('is one at a time for a receiver', async () => {
    const [a, b] = await pair(undefined);
    const c = await startNode('c3');
    await connected(a, b, c);
    const controller = { stop: false };
    async function* until_(): AsyncGenerator<Uint8Array> {
      while (!controller.stop) {
        await pause(5);
        yield Buffer.alloc(10);
      }
    }
    const first = a.network.sendSnapshot('b2', START, until_());
    await pause(100);
    await expect(a.network.sendSnapshot('b2', START, chunks(1, 1))).rejects.toThrow('on its way to b2 already');
    await expect(c.network.sendSnapshot('b2', START, chunks(1, 1))).rejects.toThrow('from a1 is coming in');
    controller.stop = true;
    await first;
    await c.network.sendSnapshot('b2', START, chunks(1, 1));
  });

  it('is taken from the leader only, and nobody else holds the place for it', async () => {
    let leader = 'c3';
    let taken = 0;
    const a = await startNode('a1');
    const c = await startNode('c3');
    const b = await startNode('b2', {
      expectsStateFrom: (from) => from === leader,
      onSnapshot: async (_from, _start, incoming) => {
        for await (const _chunk of incoming);
        taken += 1;
      },
    });
    await connected(a, b, c);
    await expect(a.network.sendSnapshot('b2', START, chunks(1, 1))).rejects.toThrow(
      'a1 is not the leader that this member follows',
    );
    const old = c.network.sendSnapshot('b2', START, endless());
    const lost = expect(old).rejects.toThrow();
    await pause(50);
    leader = 'a1';
    await expect(a.network.sendSnapshot('b2', START, chunks(1, 1))).rejects.toThrow('from c3 is coming in');
    await lost;
    await a.network.sendSnapshot('b2', START, chunks(1, 1));
    expect(taken).toBe(1);
  });

  it('from somebody who says that he is the leader is never looked at', async () => {
    let begun = 0;
    const [, b] = await pair(() => {
      begun += 1;
      return Promise.resolve();
    });
    const impostor = claim('a1', b, newNonce(), { Upgrade: 'cairn-snapshot/1' });
    impostor.socket.write(snapshotHeaderFrame(START));
    await until(() => impostor.isClosed());
    expect(begun).toBe(0);
  });

  it('to nobody fails', async () => {
    const [a, b] = await pair(undefined);
    await expect(a.network.sendSnapshot('c3', START, chunks(1, 1))).rejects.toThrow('c3 is no peer');
    await b.stop();
    await expect(a.network.sendSnapshot('b2', START, chunks(1, 1))).rejects.toThrow(
      /failed to dial b2 on stream Snapshot \(dial tcp .*connection refused\)/,
    );
  });
});

describe('a transfer that is cut', () => {
  it.each(['sender', 'receiver'] as const)('by the death of the %s ends promptly on both sides', async (victim) => {
    let receiverError: unknown;
    let received = 0;
    const [a, b] = await pair(async (_from, _start, incoming) => {
      try {
        for await (const _chunk of incoming) received += 1;
      } catch (error) {
        receiverError = error;
        throw error;
      }
    });
    const sending = a.network.sendSnapshot('b2', START, endless());
    const outcome = sending.then(
      () => 'sent',
      (error: unknown) => String(error),
    );
    await until(() => received > 5);
    const begunMs = Date.now();
    if (victim === 'receiver') for (const socket of b.sockets) socket.destroy();
    else await a.network.stop();
    expect(await outcome).toMatch(/closed in the middle/);
    await until(() => receiverError !== undefined);
    expect(Date.now() - begunMs).toBeLessThan(10_000);
  });

  it('by silence of the sender’s source is not cut: it still says that it lives', async () => {
    const [a] = await pair(undefined, 200);
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.of(1);
      await pause(900);
      yield Buffer.of(2);
    }
    await a.network.sendSnapshot('b2', START, slow());
  });

  it('by a receiver that takes its time is not cut either', async () => {
    const [a] = await pair(async (_from, _start, incoming) => {
      for await (const _chunk of incoming) await pause(700);
      await pause(700);
    }, 200);
    await a.network.sendSnapshot('b2', START, chunks(1, 10));
  });

  it('by a receiver that lives but takes nothing ends after the stall time', async () => {
    let release: () => void = () => undefined;
    const [a] = await pair(
      async (_from, _start, incoming) => {
        await new Promise<void>((resolve) => (release = resolve));
        for await (const _chunk of incoming);
      },
      200,
      400,
    );
    await expect(a.network.sendSnapshot('b2', START, chunks(2000, 256 * KIB))).rejects.toThrow(
      'the peer took nothing for 400 ms',
    );
    release();
  });

  it.each([
    ['a frame in 59 s ends before long', 59_000, false],
    ['a frame in 3 s goes on to its end', 3000, true],
  ])('by a receiver that takes %s', async (_, tookMs, isSent) => {
    let nowMs = 0;
    let taken = 0;
    const a = await startNode('a1', { monotonicMs: () => nowMs });
    const b = await startNode('b2', {
      onSnapshot: async (_from, _start, incoming) => {
        for await (const _chunk of incoming) {
          taken += 1;
          nowMs += tookMs;
          // So much slower than the chunks come that the sender has to wait, where it is to be too long.
          await pause(isSent ? 1 : 20);
        }
      },
    });
    await connected(a, b);
    const sending = a.network.sendSnapshot('b2', START, chunks(200, 256 * KIB));
    if (isSent) await sending;
    else await expect(sending).rejects.toThrow('the peer took too little for too long');
    expect(taken === 200).toBe(isSent);
  });
});
