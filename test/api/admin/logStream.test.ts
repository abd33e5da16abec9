import { get, type IncomingMessage } from 'node:http';
import type { LogPart, LogPosition } from '../../../src/member/logSource';
import { MemberError } from '../../../src/member/types';
import { LogReader } from '../../../src/snapshot/format/logReader';
import { basic, enableAuth } from '../auth/userWith';
import { NOW_MS } from '../fakeMember';
import { startFairClock } from '../../support/fairClock';
import { ask, startUnderTest, until, type ApiUnderTest } from '../apiUnderTest';

let api: ApiUnderTest;
beforeEach(async () => {
  api = await startUnderTest();
});
afterEach(async () => {
  await api.server.close(100);
});

const PATH = '/v2/admin/log?after=20&term=2';

function open(port: number, path = PATH, headers = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      response.on('error', () => undefined);
      resolve(response);
    }).on('error', reject);
  });
}

/** Parts as the test lets them come. */
function byHand(): {
  readonly give: (part: LogPart) => void;
  readonly asked: LogPosition[];
  readonly left: () => number;
} {
  const waiting: LogPart[] = [];
  const asked: LogPosition[] = [];
  let left = 0;
  api.member.onLog = (after, signal) => {
    asked.push(after);
    return (async function* () {
      try {
        while (!signal.aborted) {
          const part = waiting.shift();
          if (part === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
          else yield part;
        }
      } finally {
        left += 1;
      }
    })();
  };
  return { give: (part) => waiting.push(part), asked, left: () => left };
}

const MARK: LogPart = { kind: 'mark', position: { index: 22, term: 3 }, etcdIndex: 9 };

test('entries and marks come while the answer is open, on the peer port and where operators’ routes are', async () => {
  for (const port of [api.peerPort, api.clientPort]) {
    const { give, asked, left } = byHand();
    const response = await open(port);
    expect([response.statusCode, response.headers['cache-control']]).toEqual([200, 'no-store']);
    const seen: unknown[] = [];
    const reader = new LogReader({
      header: (header) => seen.push(header),
      entry: (stored) => seen.push(String(stored)),
      mark: (mark) => seen.push(mark),
    });
    response.on('data', (piece: Buffer) => {
      reader.push(piece);
    });
    await until(() => seen.length === 1);
    give({ kind: 'entries', entries: [Buffer.from('one'), Buffer.from('two')] });
    await until(() => seen.length === 3);
    give(MARK);
    await until(() => seen.length === 4);
    const mark = { index: 22, term: 3, etcdIndex: 9, dateMs: NOW_MS, memberId: api.member.id };
    expect(seen).toEqual([{ clusterId: api.member.clusterId, after: 20, term: 2 }, 'one', 'two', mark]);
    expect(asked).toEqual([{ index: 20, term: 2 }]);
    response.destroy();
    await until(() => left() === 1);
  }
});

test('what is not there is told apart', async () => {
  expect(await ask(api.peerPort, 'GET', PATH)).toMatchObject({
    status: 409,
    body: expect.stringContaining('another log'),
  });
  api.member.onLog = () => ({ kind: 'forgotten', firstIndex: 900 });
  expect(await ask(api.peerPort, 'GET', PATH)).toMatchObject({
    status: 410,
    body: expect.stringContaining('entry 900'),
  });
  api.member.onLog = () => {
    throw new MemberError('noLeader', 'etcdserver: no leader');
  };
  expect(await ask(api.peerPort, 'GET', PATH)).toMatchObject({
    status: 503,
    body: expect.stringContaining('no leader'),
  });
});

test.each(['', '?after=20', '?after=-1&term=2', '?after=20&term=x', '?after=1&after=2&term=1', '?after=9e9&term=1'])(
  'a position that is none: %p',
  async (query) => {
    expect((await ask(api.peerPort, 'GET', `/v2/admin/log${query}`)).status).toBe(400);
  },
);

test('more than four at once are asked to come back', async () => {
  const { left } = byHand();
  const responses = await Promise.all([1, 2, 3, 4].map(() => open(api.peerPort)));
  const { status, headers } = await ask(api.peerPort, 'GET', PATH);
  expect([status, headers['retry-after']]).toEqual([503, '1']);
  for (const response of responses) response.destroy();
  await until(() => left() === 4);
  (await open(api.peerPort)).destroy();
});

test('a member that stops cuts it', async () => {
  byHand();
  const response = await open(api.peerPort);
  const closed = new Promise((resolve) => response.on('close', resolve));
  response.resume();
  api.member.ending.abort();
  await closed;
  expect(response.complete).toBe(false);
});

test('a root who is root no more is cut within a second, though nothing is sent', async () => {
  byHand();
  const response = await open(api.clientPort);
  const closed = new Promise((resolve) => response.on('close', resolve));
  response.resume();
  const elapsedMs = startFairClock();
  await enableAuth(api.member);
  await closed;
  expect([response.complete, elapsedMs() < 1000]).toEqual([false, true]);
});

test('a root who is root no more gets nothing from then on', async () => {
  const { give } = byHand();
  const response = await open(api.clientPort);
  const closed = new Promise((resolve) => response.on('close', resolve));
  response.resume();
  await enableAuth(api.member);
  give(MARK);
  await closed;
  expect(response.complete).toBe(false);
  expect((await ask(api.clientPort, 'GET', PATH)).status).toBe(401);
  const again = await open(api.clientPort, PATH, basic('root', 'rootpw'));
  expect(again.statusCode).toBe(200);
  again.destroy();
});
