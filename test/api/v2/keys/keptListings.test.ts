/** A listing that is asked for again says what a new one would say. */
import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { KeptListings, type ListedKeys } from '../../../../src/api/v2/keys/keptListings';
import { eventPieces } from '../../../../src/api/v2/keys/eventJson';
import { applyClusterChange } from '../../../../src/machine/cluster/clusterChanges';
import { encodeBatch } from '../../../../src/machine/commandCodec';
import { Machine } from '../../../../src/machine/machine';
import type { ListingStep } from '../../../../src/machine/keyspace/event';
import { startUnderTest } from '../../apiUnderTest';
import { event, node } from '../../fakeMember';
import { SeededRandom } from '../../../simulation/random';
import { startInProcess, type InProcess } from '../../../support/inProcess';

const OPTIONS = { recursive: true, sorted: false };

function* piecesOf(...texts: readonly string[]): Generator<string, void, undefined> {
  yield* texts;
}

/** Keys at this index, all of which changed with each one before it except where it is said that nothing did. */
function at(etcdIndex: number, unchanged: readonly string[] = []): ListedKeys {
  return {
    indexes: () => ({ etcdIndex, raftIndex: etcdIndex, raftTerm: 1 }),
    isUnchanged: (path) => unchanged.includes(path),
  };
}

/** As whoever asks: what is kept, or what is made now. */
function ask(listings: KeptListings, path: string, etcdIndex: number, ...texts: readonly string[]): string {
  const keys = at(etcdIndex);
  const kept = listings.find(path, OPTIONS, keys);
  return kept?.bytes.toString('latin1') ?? [...listings.keeping(path, OPTIONS, keys, piecesOf(...texts))].join('');
}

const LONG = 'ä'.repeat(3000);

describe('what is kept', () => {
  test('is what was made for the second who asks while nothing changed', () => {
    const listings = new KeptListings();
    expect(ask(listings, '/a', 7, LONG, 'x')).toBe(`${LONG}x`);
    expect(listings.length).toBe(0);
    expect(ask(listings, '/a', 7, LONG, 'x')).toBe(`${LONG}x`);
    expect(listings.length).toBe(3001);
    expect(ask(listings, '/a', 7, 'another')).toBe(`${LONG}x`);
    expect(ask(listings, '/b', 7, 'another')).toBe('another');
    expect(listings.find('/a', { recursive: true, sorted: true }, at(7))).toBeUndefined();
    expect(listings.find('/a', { recursive: false, sorted: false }, at(7))).toBeUndefined();
  });

  test('is gone with the next change', () => {
    const listings = new KeptListings();
    ask(listings, '/a', 7, LONG);
    ask(listings, '/a', 7, LONG);
    expect(ask(listings, '/a', 8, 'changed')).toBe('changed');
    expect(listings.length).toBe(0);
  });

  test('stays while only other directories change, also what is not made yet', () => {
    const listings = new KeptListings();
    const [a, b] = [at(8, ['/a']), at(9, ['/b'])];
    ask(listings, '/a', 7, LONG);
    ask(listings, '/b', 7, LONG);
    expect(Array.from(listings.keeping('/a', OPTIONS, a, piecesOf(LONG)))).toEqual([LONG]);
    expect(listings.length).toBe(LONG.length);
    expect(listings.find('/a', OPTIONS, a)?.bytes).toHaveLength(LONG.length);
    expect(listings.find('/a', OPTIONS, at(10, ['/a']))?.bytes).toHaveLength(LONG.length);
    // It has been looked at up to there.
    expect(listings.find('/a', OPTIONS, at(10))).toBeDefined();
    expect(listings.find('/a', OPTIONS, at(11))).toBeUndefined();
    Array.from(listings.keeping('/b', OPTIONS, b, piecesOf(LONG)));
    expect(listings.find('/b', OPTIONS, at(10))).toBeUndefined();
    expect(listings.find('/b', OPTIONS, b)).toBeDefined();
  });

  test('goes when a member does, which is no event of a key', () => {
    const machine = new Machine(100);
    const ids = Array.from({ length: 9 }, (_, at) => `a${at + 1}`);
    machine.bootstrap(ids.map((id) => ({ id, peerURLs: [`http://${id}:2380`] })));
    for (const id of ids) {
      const called = `${id}-${'n'.repeat(300)}`;
      const command = {
        type: 'publish',
        memberId: id,
        name: called,
        clientURLs: [],
        version: '2.3.8',
        level: 3,
      } as const;
      machine.apply(encodeBatch({ origin: id, run: 1, sequence: 1, commands: [command] }));
    }
    const { keySpace } = machine;
    const keys: ListedKeys = {
      indexes: () => ({ etcdIndex: keySpace.index, raftIndex: 1, raftTerm: 1 }),
      isUnchanged: (path, etcdIndex) => keySpace.isUnchanged(path, etcdIndex),
    };
    const listings = new KeptListings();
    const names = (): number => {
      const path = '/_etcd/machines';
      const read = keySpace.get(path, true, false, 0);
      if (!read.ok) throw new Error('no machines');
      const body =
        listings.find(path, OPTIONS, keys)?.bytes.toString('latin1') ??
        [...listings.keeping(path, OPTIONS, keys, eventPieces(read))].join('');
      return body.split('-nnn').length - 1;
    };
    expect([names(), names(), names()]).toEqual([9, 9, 9]);
    expect(listings.count).toBe(1);
    applyClusterChange(machine, { type: 'removeMember', id: 'a5' });
    expect(names()).toBe(8);
  });

  test('is nothing of a few bytes, of many, or with a time to live', () => {
    const listings = new KeptListings();
    const long = 'x'.repeat(2 * 1024 * 1024);
    for (const texts of [['x'], [long, long, 'x'], [LONG, ',"expiration":"2026"', LONG]]) {
      for (const time of [1, 2, 3])
        expect([time, ask(listings, '/a', texts.length, ...texts)]).toEqual([time, texts.join('')]);
    }
    expect(listings.length).toBe(0);
  });

  test('is not what a client left before its end, and the next one has it made', () => {
    const listings = new KeptListings();
    ask(listings, '/a', 7, LONG);
    let isOver = false;
    const pieces = (function* (): Generator<string, void, undefined> {
      try {
        yield* [LONG, LONG];
      } finally {
        isOver = true;
      }
    })();
    const left = listings.keeping('/a', OPTIONS, at(7), pieces);
    left.next();
    // Beside it another one asks, and goes without.
    ask(listings, '/a', 7, LONG);
    left.return();
    expect([isOver, listings.length]).toEqual([true, 0]);
    ask(listings, '/a', 7, LONG);
    expect(listings.length).toBe(3000);
  });

  test('is not what a change overtook while it was made', () => {
    const listings = new KeptListings();
    ask(listings, '/a', 7, LONG);
    const making = listings.keeping('/a', OPTIONS, at(7), piecesOf(LONG, LONG));
    making.next();
    ask(listings, '/a', 8, LONG);
    Array.from(making);
    expect(listings.length).toBe(0);
    expect(listings.find('/a', OPTIONS, at(7))).toBeUndefined();
  });

  test('is bounded, and the oldest goes first', () => {
    const listings = new KeptListings();
    const long = 'x'.repeat(3 * 1024 * 1024);
    for (const path of ['/a', '/b', '/c']) for (let time = 0; time < 2; time += 1) ask(listings, path, 7, long);
    expect(listings.length).toBe(2 * long.length);
    expect(listings.find('/a', OPTIONS, at(7))).toBeUndefined();
    expect(listings.find('/c', OPTIONS, at(7))?.bytes).toHaveLength(long.length);
    for (let at = 0; at < 100; at += 1) ask(listings, `/d${at}`, 7, 'x');
    expect(listings.length).toBe(0);
  });

  test('counts as long as it is sent to somebody, and leaves no room for others', () => {
    const listings = new KeptListings();
    const long = 'x'.repeat(3 * 1024 * 1024);
    const sent = ['/a', '/b'].map((path) => {
      ask(listings, path, 7, long);
      ask(listings, path, 7, long);
      return listings.find(path, OPTIONS, at(7))!;
    });
    for (const body of sent) body.use();
    for (const path of ['/a', '/b', '/c']) for (let time = 0; time < 3; time += 1) ask(listings, path, 8, long);
    expect([listings.count, listings.length]).toEqual([0, 2 * long.length]);
    for (const body of sent) body.release();
    expect(listings.length).toBe(0);
    ask(listings, '/c', 9, long);
    ask(listings, '/c', 9, long);
    expect([listings.count, listings.length]).toEqual([1, long.length]);
  });

  test('counts while it is made, and is not made any further once it cannot be kept', () => {
    const listings = new KeptListings();
    const makings = ['/a', '/b', '/c'].map((path) => {
      ask(listings, path, 7, LONG);
      const making = listings.keeping(path, OPTIONS, at(7), piecesOf('x'.repeat(3 * 1024 * 1024), LONG, LONG));
      making.next();
      return making;
    });
    // The third finds no room, for the clients of the others are slow, and goes without.
    expect(listings.length).toBe(6 * 1024 * 1024);
    for (const making of makings) making.next();
    expect(listings.length).toBe(2 * (3 * 1024 * 1024 + LONG.length));
    for (const path of ['/a', '/b', '/c']) ask(listings, path, 8, LONG);
    for (const making of makings) making.next();
    expect(listings.length).toBe(0);
    for (const making of makings) making.return();
    expect(listings.length).toBe(0);
  });

  test('is made for another one if the client it was made for stopped to read, and leaves its room to others meanwhile', () => {
    let nowMs = 0;
    const listings = new KeptListings(() => nowMs);
    ask(listings, '/a', 7, LONG);
    const stalled = listings.keeping('/a', OPTIONS, at(7), piecesOf(LONG, 'x', 'y'));
    stalled.next();
    nowMs += 50;
    ask(listings, '/a', 7, `${LONG}xy`);
    expect(listings.find('/a', OPTIONS, at(7))).toBeUndefined();
    nowMs += 60;
    ask(listings, '/a', 7, `${LONG}xy`);
    expect(listings.length).toBe(LONG.length + 2);
    // It goes on, and changes nothing of that.
    expect([...stalled]).toEqual(['x', 'y']);
    expect(listings.find('/a', OPTIONS, at(7))?.bytes.toString('latin1')).toBe(`${LONG}xy`);
    const long = 'x'.repeat(3 * 1024 * 1024);
    const makers = ['/b', '/c'].map((path) => {
      ask(listings, path, 7, LONG);
      const maker = listings.keeping(path, OPTIONS, at(7), piecesOf(long, LONG));
      maker.next();
      return maker;
    });
    nowMs += 110;
    for (let time = 0; time < 2; time += 1) ask(listings, '/d', 7, long);
    expect(listings.find('/d', OPTIONS, at(7))?.bytes).toHaveLength(long.length);
    for (const maker of makers) Array.from(maker);
    expect(listings.find('/b', OPTIONS, at(7))).toBeUndefined();
    for (const path of ['/a', '/b', '/c', '/d']) ask(listings, path, 8, 'changed');
    expect([listings.count, listings.length]).toEqual([0, 0]);
  });

  test('is let go when nobody asks for it any more', () => {
    jest.useFakeTimers();
    try {
      let nowMs = 0;
      const listings = new KeptListings(() => nowMs);
      const advance = (): void => {
        nowMs += 6000;
        jest.advanceTimersByTime(6000);
      };
      ask(listings, '/a', 7, LONG);
      ask(listings, '/a', 7, LONG);
      for (let time = 0; time < 10; time += 1) {
        advance();
        expect(listings.find('/a', OPTIONS, at(7))).toBeDefined();
      }
      for (let time = 0; time < 4; time += 1) advance();
      expect(listings.length).toBe(0);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('a member', () => {
  let member: InProcess;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    member = await startInProcess('all');
  });

  afterAll(async () => {
    agent.destroy();
    await member.stop();
  });

  /** Status, index and body; `isDirect`: past Node's HTTP server. */
  function send(method: string, path: string, form?: string, isDirect = true): Promise<readonly unknown[]> {
    const headers = {
      ...(form === undefined
        ? {}
        : { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': form.length }),
      ...(isDirect ? {} : { 'X-Other': '1' }),
    };
    return new Promise((resolve, reject) => {
      const options = { port: member.port, host: '127.0.0.1', agent, method, path: `/v2/keys${path}`, headers };
      const request = httpRequest(options, (answer) => {
        let body = '';
        answer.setEncoding('latin1');
        answer.on('data', (piece: string) => (body += piece));
        answer.on('end', () => resolve([answer.statusCode, answer.headers['x-etcd-index'], body]));
        answer.on('error', reject);
      });
      request.on('error', reject);
      request.end(form);
    });
  }

  const LISTINGS = ['/?recursive=true', '/d?recursive=true&sorted=true', '/d/', '/d/e?recursive=true&quorum=true'];

  test('answers every listing as after the first time, whatever was changed before', async () => {
    const random = new SeededRandom(Number(process.env['CAIRN_SEED'] ?? 1));
    const found = jest.spyOn(KeptListings.prototype, 'find');
    for (let at = 0; at < 60; at += 1)
      await send('PUT', `/d/${at % 3 === 0 ? 'e/' : ''}k${at}`, `value=${'v'.repeat(80)}`);
    for (let round = 0; round < 40; round += 1) {
      const key = `/d/${random.chance(0.3) ? 'e/' : ''}k${random.integer(0, 60)}`;
      const value = `value-${round}`;
      if (random.chance(0.2)) await send('DELETE', `${key}?recursive=true`);
      else await send('PUT', key, `value=${value}`);
      for (const listing of LISTINGS) {
        const first = await send('GET', listing);
        for (const isDirect of [true, false, true])
          expect(await send('GET', listing, undefined, isDirect)).toEqual(first);
      }
      const [status] = await send('GET', key);
      const [, , all] = await send('GET', LISTINGS[0]!);
      expect((all as string).includes(`"${value}"`)).toBe(status === 200);
    }
    const kept = found.mock.results.filter(({ value }) => value !== undefined);
    found.mockRestore();
    expect(kept.length).toBeGreaterThan(40 * LISTINGS.length);
  });

  test('counts each of them', async () => {
    const counted = async (): Promise<number> => {
      const answer = await fetch(`${member.url}/v2/stats/store`);
      return ((await answer.json()) as { getsSuccess: number }).getsSuccess;
    };
    const gets = await counted();
    for (let time = 0; time < 5; time += 1) await send('GET', '/?recursive=true');
    expect(await counted()).toBe(gets + 5);
  });

  test('tells how long a key has to live now, not then', async () => {
    for (let at = 0; at < 40; at += 1) await send('PUT', `/t/k${at}`, `value=${'v'.repeat(80)}&ttl=100`);
    const lives = async (): Promise<string | undefined> =>
      /"ttl":(\d+)/.exec((await send('GET', '/t?recursive=true'))[2] as string)?.[1];
    const first = await lives();
    for (let time = 0; time < 3; time += 1) expect(Number(await lives())).toBeGreaterThan(90);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(Number(await lives())).toBeLessThan(Number(first));
  });

  test('keeps a few megabytes, however many clients take their time with listings that are no more', async () => {
    for (let at = 0; at < 30; at += 1) await send('PUT', `/m/k${at}`, `value=${'v'.repeat(100_000)}`);
    const found = jest.spyOn(KeptListings.prototype, 'find');
    const slow: Socket[] = [];
    for (let round = 0; round < 8; round += 1) {
      await send('PUT', '/m/k0', `value=${round}`);
      for (let time = 0; time < 3; time += 1) await send('GET', '/m?recursive=true');
      const socket = connect(member.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.pause();
      socket.write('GET /v2/keys/m?recursive=true HTTP/1.1\r\nHost: x\r\n\r\n');
      slow.push(socket);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const listings = found.mock.contexts[0] as KeptListings;
    found.mockRestore();
    expect(listings.length).toBeLessThanOrEqual(8 * 1024 * 1024);
    for (const socket of slow) socket.destroy();
    const isFree = async (): Promise<boolean> => {
      for (const key of ['/m/k0', '/d/e/k0']) await send('PUT', key, 'value=last');
      for (const path of [...LISTINGS, '/m?recursive=true']) await send('GET', path);
      return listings.length === 0;
    };
    for (const deadlineMs = Date.now() + 30_000; !(await isFree()) && Date.now() < deadlineMs;);
    expect([listings.count, listings.length]).toEqual([0, 0]);
  });

  test('answers HEAD, and a long listing to a client that takes its time, as the first time', async () => {
    for (let at = 0; at < 30; at += 1) await send('PUT', `/l/k${at}`, `value=${'v'.repeat(100_000)}`);
    const first = await send('GET', '/l?recursive=true');
    expect((first[2] as string).length).toBeGreaterThan(3_000_000);
    for (const isDirect of [true, false, true])
      expect(await send('GET', '/l?recursive=true', undefined, isDirect)).toEqual(first);
    expect((await send('HEAD', '/l?recursive=true'))[2]).toBe('');
    expect((await send('HEAD', '/d?recursive=true'))[2]).toBe('');
    const slow = await new Promise<string>((resolve, reject) => {
      const options = { port: member.port, host: '127.0.0.1', path: '/v2/keys/l?recursive=true' };
      httpRequest(options, (answer) => {
        let body = '';
        answer.setEncoding('latin1');
        answer.on('data', (piece: string) => {
          body += piece;
          answer.pause();
          setTimeout(() => answer.resume(), 5);
        });
        answer.on('end', () => resolve(body));
        answer.on('error', reject);
      }).end();
    });
    expect(slow).toBe(first[2]);
  });
});

test('a listing that was begun for nothing is let go of', async () => {
  const api = await startUnderTest();
  let open = 0;
  function* steps(): Generator<ListingStep, void, undefined> {
    try {
      open += 1;
      yield { type: 'pause' };
      for (let at = 0; at < 30; at += 1)
        yield { type: 'node', view: node({ key: `/a/${at}`, value: 'v'.repeat(100) }) };
    } finally {
      open -= 1;
    }
  }
  api.member.onGet = () => {
    const listing = steps();
    listing.next();
    return { ...event({ node: node({ key: '/a', dir: true }) }), listing };
  };
  const found = jest.spyOn(KeptListings.prototype, 'find');
  for (let time = 0; time < 4; time += 1) await (await fetch(`http://127.0.0.1:${api.clientPort}/v2/keys/a`)).text();
  const kept = found.mock.results.filter(({ value }) => value !== undefined);
  found.mockRestore();
  await api.server.close(100);
  expect([kept.length, open]).toEqual([2, 0]);
});
