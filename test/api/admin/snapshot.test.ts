import { createServer, get, type IncomingMessage } from 'node:http';
import { connect, Socket, type AddressInfo } from 'node:net';
import { USUAL_PACE } from '../../../src/platform/pace';
import { SnapshotStreams } from '../../../src/api/admin/snapshot';
import { SnapshotFileReader } from '../../../src/snapshot/format/fileReader';
import { SnapshotFileWriter } from '../../../src/snapshot/format/fileWriter';
import { MemberError } from '../../../src/member/types';
import { HEADER, readIn } from '../../snapshot/support/sampleFile';
import { basic, enableAuth } from '../auth/userWith';
import { startFairClock } from '../../support/fairClock';
import { ask, startUnderTest, until, type ApiUnderTest } from '../apiUnderTest';
import { countTurns } from '../../support/turns';

let api: ApiUnderTest;
beforeEach(async () => {
  api = await startUnderTest();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await api.server.close(100);
});

const PATH = '/v2/admin/snapshot';
const PART = Buffer.alloc(256 * 1024, 1);

/** As many parts as are asked for, and how many were. */
function endless(): { readonly made: () => number; readonly ended: () => boolean } {
  let [made, ended] = [0, false];
  api.member.onSnapshot = async function* () {
    try {
      for (;;) {
        await new Promise(setImmediate);
        made += 1;
        yield PART;
      }
    } finally {
      ended = true;
    }
  };
  return { made: () => made, ended: () => ended };
}

/** An answer of which nothing is read. */
function begin(port = api.peerPort): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: PATH, agent: false }, (response) => {
      response.on('error', () => undefined);
      resolve(response);
    }).on('error', reject);
  });
}

test('the state comes as a file, on the peer port and where operators’ routes are', async () => {
  for (const port of [api.peerPort, api.clientPort]) {
    const { status, headers, body } = await ask(port, 'GET', PATH);
    expect([status, headers['content-type']]).toEqual([200, 'application/octet-stream']);
    const { header, chunks } = readIn(1000, Buffer.from(body, 'latin1'));
    expect(chunks.map(String)).toEqual(['a part of the state']);
    const { id: memberId, name: memberName, clusterId } = api.member;
    expect(header).toMatchObject({ ...{ memberId, memberName, clusterId, index: 20, term: 2 }, keysAbout: 3 });
    expect(header).toMatchObject({ takenAtMs: HEADER.takenAtMs, voters: ['1f', memberId], isLinearizable: true });
    expect(header.members.map(({ id }) => id)).toEqual(['1f', memberId]);
  }
  expect(api.member.snapshotsClosed).toBe(2);
});

test('it asks the others first, unless it is told not to', async () => {
  const asked: boolean[] = [];
  api.member.onSnapshot = ({ quorum }) => {
    asked.push(quorum);
    if (quorum) throw new MemberError('timeout', 'etcdserver: request timed out');
    return (async function* () {})();
  };
  const refused = await ask(api.peerPort, 'GET', PATH);
  expect([refused.status, refused.body]).toEqual([503, expect.stringContaining('?quorum=false')]);
  const { status, body } = await ask(api.peerPort, 'GET', `${PATH}?quorum=false`);
  expect([status, readIn(9, Buffer.from(body, 'latin1')).header.isLinearizable]).toEqual([200, false]);
  expect((await ask(api.peerPort, 'GET', `${PATH}?quorum=perhaps`)).status).toBe(400);
  expect(asked).toEqual([true, false]);
});

test('a client that does not read holds one part in memory, and others beside it go on', async () => {
  const { made, ended } = endless();
  const response = await begin();
  response.pause();
  // Until the buffers of the kernel are full, which are some megabytes.
  let before = -1;
  await until(() => {
    const isStill = made() === before;
    before = made();
    return isStill && before > 0;
  });
  expect(made()).toBeLessThan(100);
  expect((await ask(api.clientPort, 'GET', '/v2/keys/a')).status).toBe(200);
  response.destroy();
  await until(ended);
  await until(() => api.member.snapshotsClosed === 1);
});

test('more than two at once are asked to come back', async () => {
  endless();
  const [first, second] = [await begin(), await begin()];
  const { status, headers, body } = await ask(api.peerPort, 'GET', PATH);
  expect([status, headers['retry-after'], body]).toEqual([503, '1', expect.stringContaining('2 snapshots')]);
  first.destroy();
  second.destroy();
  await until(() => api.member.snapshotsClosed === 2);
  api.member.onSnapshot = async function* () {};
  expect((await ask(api.peerPort, 'GET', PATH)).status).toBe(200);
});

test('a client that takes less than a part in the time for one is cut', async () => {
  const { ended } = endless();
  const streams = new SnapshotStreams(api.options, { ...USUAL_PACE, partMaxMs: 50 });
  const server = createServer((request, answer) => {
    const context = { req: request, res: answer, query: {} };
    void streams.serve(context as never, { use: (what: unknown) => what } as never);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const response = await begin((server.address() as AddressInfo).port);
  response.pause();
  response.on('error', () => undefined);
  await until(ended);
  expect(api.logged.map(({ reason }) => String(reason)).join()).toContain(
    'the client took too little of it for too long',
  );
  response.destroy();
  server.close();
});

test('a state that cannot be read to its end has no end, so that nobody takes it for whole', async () => {
  api.member.onSnapshot = async function* () {
    yield await Promise.resolve(PART);
    throw new Error('the disk');
  };
  const response = await begin();
  const file = new SnapshotFileReader();
  const outcome = new Promise((resolve) => {
    response.on('data', (piece: Buffer) => {
      file.push(piece);
    });
    response.on('close', () => {
      resolve(response.complete);
    });
  });
  expect(await outcome).toBe(false);
  expect(() => file.finish()).toThrow('ends here');
  expect(api.logged).toContainEqual(expect.objectContaining({ reason: 'the disk' }));
});

test('a member that stops cuts what it is sending at once', async () => {
  const { ended } = endless();
  const response = await begin();
  response.pause();
  api.member.ending.abort();
  await new Promise((resolve) => {
    response.on('close', resolve);
    response.resume();
  });
  expect(response.complete).toBe(false);
  await until(ended);
});

test('a right that is taken away ends it', async () => {
  await enableAuth(api.member);
  endless();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = basic('root', 'rootpw');
    get({ host: '127.0.0.1', port: api.peerPort, path: PATH, agent: false, headers }, resolve).on('error', reject);
  });
  response.on('error', () => undefined);
  await api.member.proposeAuth({ type: 'createOrUpdateUser', user: 'root', passwordHash: 'another' });
  response.resume();
  await new Promise((resolve) => response.on('close', resolve));
  expect(response.complete).toBe(false);
  await until(() => api.member.snapshotsClosed === 1);
});

test('also where the client does not read, within a second', async () => {
  await enableAuth(api.member);
  const { ended } = endless();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = basic('root', 'rootpw');
    get({ host: '127.0.0.1', port: api.clientPort, path: PATH, agent: false, headers }, resolve).on('error', reject);
  });
  response.on('error', () => undefined);
  response.pause();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(api.member.snapshotsClosed).toBe(0);
  const elapsedMs = startFairClock();
  await api.member.proposeAuth({ type: 'createOrUpdateUser', user: 'root', passwordHash: 'another' });
  await until(ended);
  expect(elapsedMs()).toBeLessThan(1000);
  response.resume();
  await new Promise((resolve) => response.on('close', resolve));
  expect(response.complete).toBe(false);
});

test('a client that went away before the head is forgotten', async () => {
  const { ended } = endless();
  const socket = connect(api.peerPort, '127.0.0.1');
  socket.write(`GET ${PATH} HTTP/1.1\r\nHost: a\r\n\r\n`, () => {
    socket.resetAndDestroy();
  });
  await until(() => ended() || api.member.snapshotsClosed === 1);
});

test('no page of another site makes a member send it', async () => {
  for (const headers of [{ origin: 'http://a.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    expect((await ask(api.clientPort, 'GET', PATH, undefined, headers)).status).toBe(403);
  }
  const { status } = await ask(api.clientPort, 'GET', PATH, undefined, { 'sec-fetch-site': 'none' });
  expect([status, api.member.snapshotsClosed]).toEqual([200, 1]);
});

test('nor does a page whose name was made to mean 127.0.0.1 get it from the peer port, of which no header but Host tells', async () => {
  await api.server.close(100);
  api = await startUnderTest({
    web: { cors: [], crossSiteWrites: false, hosts: { whitelist: [], ownNames: ['own.example'] } },
  });
  const [other] = api.member.memberList;
  if (other !== undefined) api.member.memberList = [{ ...other, peerURLs: ['http://peer.example:2380'] }];
  const status = async (host: string) => (await ask(api.peerPort, 'GET', PATH, undefined, { host })).status;
  expect(await status('rebound.example:2380')).toBe(421);
  expect(api.member.snapshotsClosed).toBe(0);
  for (const own of ['own.example:2380', 'localhost', '127.0.0.1', '[::1]:2380', 'peer.example:2380']) {
    expect(await status(own)).toBe(200);
  }
});

/** All connections seem to come from there: what `remoteAddress` says, which cannot be replaced itself. */
function comeFrom(address: string): void {
  const named = Socket.prototype as unknown as { _getpeername: () => { readonly address: string } };
  jest.spyOn(named, '_getpeername').mockReturnValue({ address });
}

test.each([
  ['/v2/admin/snapshot', 200],
  // Of an entry that is none of this log.
  ['/v2/admin/log?after=20&term=2', 409],
])(
  'from the peer port without TLS other machines get %s only as root, or where it is for operators',
  async (path, given) => {
    const status = async (port = api.peerPort, headers = {}): Promise<number> => {
      const asked = get({ host: '127.0.0.1', port, path, headers, agent: false });
      asked.on('error', () => undefined);
      const answer = await new Promise<IncomingMessage>((resolve) => asked.once('response', resolve));
      asked.destroy();
      return answer.statusCode ?? 0;
    };
    for (const own of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
      comeFrom(own);
      expect([own, await status()]).toEqual([own, given]);
    }
    for (const other of ['10.0.0.9', '::ffff:10.0.0.9', 'fd00::1', '::ffff:12.7.0.1']) {
      comeFrom(other);
      expect([other, await status(), await status(api.clientPort)]).toEqual([other, 403, given]);
    }
    expect((await ask(api.peerPort, 'GET', path)).body).toContain('or ask a client port');
    await enableAuth(api.member);
    expect([await status(), await status(api.peerPort, basic('root', 'rootpw'))]).toEqual([401, given]);
    await api.server.close(100);
    api = await startUnderTest({ operatorRoutes: 'peer' });
    expect(await status()).toBe(given);
  },
);

test('no page in a browser gets it from the peer port', async () => {
  for (const headers of [{ origin: 'http://a.example' }, { 'sec-fetch-site': 'same-origin' }]) {
    const { status, body } = await ask(api.peerPort, 'GET', PATH, undefined, headers);
    expect([status, body]).toEqual([403, expect.stringContaining('has nothing for a page in a browser')]);
  }
});

test('others have as many turns as they need between two parts', async () => {
  const PARTS = 10;
  const turns = countTurns();
  const between: number[] = [];
  api.member.onSnapshot = async function* () {
    await new Promise(setImmediate);
    let before = 0;
    for (let count = 0; count < PARTS; count += 1) {
      if (count > 0) between.push(turns.count - before);
      const startMs = performance.now();
      while (performance.now() - startMs < 5);
      before = turns.count;
      yield Buffer.alloc(1000);
    }
  };
  expect((await ask(api.peerPort, 'GET', PATH)).status).toBe(200);
  turns.end();
  expect(between).toHaveLength(PARTS - 1);
  // A write takes some; with one in between it would wait for as many parts. A busy machine may take the time of some pauses for itself.
  expect(Math.max(...between)).toBeGreaterThanOrEqual(10);
});

test('a part of megabytes is hashed and written a slice in a turn', async () => {
  const BYTES = 8 * 1024 * 1024;
  const turns = countTurns();
  let after = 0;
  api.member.onSnapshot = async function* () {
    await new Promise(setImmediate);
    const before = turns.count;
    yield Buffer.alloc(BYTES);
    after = turns.count - before;
  };
  const written: number[] = [];
  const write = SnapshotFileWriter.prototype.chunk;
  const spy = jest.spyOn(SnapshotFileWriter.prototype, 'chunk').mockImplementation(function* (
    this: SnapshotFileWriter,
    body,
  ) {
    for (const piece of write.call(this, body)) {
      written.push(turns.count);
      yield piece;
    }
  });
  expect((await ask(api.peerPort, 'GET', PATH)).status).toBe(200);
  turns.end();
  spy.mockRestore();
  // Two pieces of half a megabyte at the most in one of them.
  expect(new Set(written).size).toBeGreaterThanOrEqual(BYTES / 1024 / 1024 - 1);
  expect(after).toBeGreaterThanOrEqual(BYTES / 1024 / 1024 - 1);
});
