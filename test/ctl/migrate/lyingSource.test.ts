/** Sources whose clock, index or texts are not what they should be, and who stops in the midst. */
import { createClient, type Client } from '../../../src/client/client';
import { Migration } from '../../../src/ctl/migrate/migration';
import { FakeServer } from '../../client/fakeServer';

interface SourceNode {
  readonly key: string;
  readonly value: string;
  readonly modifiedIndex: number;
  readonly expiration?: string;
  readonly ttl?: number;
}

const servers = [new FakeServer(), new FakeServer()] as const;
const [source, target] = servers;
let clients: Client[] = [];
let said: string[] = [];
/** What was written to the target, but for the mark. */
let written: Map<string, URLSearchParams>;
let index = 0;

beforeAll(() => Promise.all(servers.map((server) => server.start())));
afterAll(() => {
  for (const server of servers) server.stop();
});

beforeEach(() => {
  [said, written, index] = [[], new Map(), 10_000];
  target.asked.length = 0;
  target.answer = ({ method, url, body }) => {
    const key = new URL(url, target.url).pathname.slice('/v2/keys'.length);
    const headers = { 'X-Etcd-Index': String(method === 'PUT' ? ++index : index) };
    if (method === 'PUT') {
      if (key !== '/_cairn-migration') written.set(key, new URLSearchParams(body));
      return { body: { action: 'set', node: { key, modifiedIndex: index, createdIndex: index } }, headers };
    }
    if (key !== '/') return { status: 404, body: { errorCode: 100, message: 'Key not found', index }, headers };
    const nodes = [...written].map(([name, form]) => ({
      ...{ key: name, value: form.get('value'), modifiedIndex: 1 },
      ...(form.has('ttl') ? { expiration: '2000-01-01T00:00:00Z', ttl: Number(form.get('ttl')) } : {}),
    }));
    return { body: { action: 'get', node: { key: '/', dir: true, nodes } }, headers };
  };
});

afterEach(() => {
  for (const client of clients) client.close();
  clients = [];
});

function holding(nodes: readonly SourceNode[], sourceIndex = 20): void {
  source.answer = () => ({
    body: { action: 'get', node: { key: '/', dir: true, nodes } },
    headers: { 'X-Etcd-Index': String(sourceIndex) },
  });
}

function migrate(stop = new AbortController()): Promise<number> {
  const [from, to] = servers.map(({ url }) => createClient({ endpoints: url, roundsMax: 1, timeoutMs: 60_000 }));
  if (from === undefined || to === undefined) throw new Error('no clients');
  clients = [from, to];
  const reporter = { say: (line: string) => said.push(line) };
  return new Migration(from, to, 'abc', reporter, stop.signal).run(AbortSignal.abort());
}

test('a TTL is what the source says is left, whatever this machine takes for the time', async () => {
  const place = { value: '1', modifiedIndex: 3 };
  holding([
    { key: '/old', ...place, expiration: '2000-01-01T00:00:00Z', ttl: 500 },
    { key: '/none', ...place, expiration: 'no date', ttl: 500 },
    { key: '/gone', ...place, expiration: '2099-01-01T00:00:00Z' },
  ]);
  expect(await migrate()).toBe(3);
  const ttls = ['/old', '/none', '/gone'].map((key) => Number(written.get(key)?.get('ttl')));
  expect(ttls.slice(0, 2).every((ttl) => ttl > 400 && ttl <= 500)).toBe(true);
  expect(ttls[2]).toBe(1);
});

test('a TTL is less by what the index took to be raised at the end', async () => {
  const { now } = performance;
  let passedMs = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + passedMs);
  holding([{ key: '/lease', value: '1', modifiedIndex: 3, expiration: '2000-01-01T00:00:00Z', ttl: 500 }]);
  const [first, { answer }] = [source.answer, target];
  // All is copied, without TTLs, and the source has gone on meanwhile: the index of the target has to be raised once more.
  source.answer = (asked, headers) => ({
    ...first(asked, headers),
    headers: { 'X-Etcd-Index': written.has('/lease') ? '9600' : '20' },
  });
  target.answer = (asked, headers) => {
    if (asked.method === 'PUT' && written.has('/lease')) [passedMs, index] = [30_000, 20_000];
    return answer(asked, headers);
  };
  try {
    expect(await migrate()).toBe(1);
  } finally {
    jest.restoreAllMocks();
  }
  const ttl = Number(written.get('/lease')?.get('ttl'));
  expect([passedMs, ttl > 400, ttl <= 470]).toEqual([30_000, true, true]);
});

test('who stops while the index is raised does not wait until it is', async () => {
  holding([], 1_000_000);
  const stop = new AbortController();
  const { answer } = target;
  target.answer = (asked, headers) => {
    stop.abort(new Error('stopped here'));
    return answer(asked, headers);
  };
  await expect(migrate(stop)).rejects.toThrow('stopped here');
  expect(target.asked.length).toBeLessThan(10);
});

test('an index that takes days to reach is told at once', async () => {
  holding([], Number.MAX_SAFE_INTEGER - 5000);
  await expect(migrate()).rejects.toThrow('--bump-index');
  expect(target.asked.length).toBeLessThan(10);
});

test('texts that may stand for bytes are told', async () => {
  holding([{ key: '/picture', value: '\ufffd\ufffd', modifiedIndex: 3 }]);
  expect(await migrate()).toBe(1);
  expect(said.join()).toMatch(/1 keys \(\/picture is one\) have U\+FFFD in them/);
});
