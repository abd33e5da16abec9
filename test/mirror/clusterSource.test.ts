import { createClient, type Client } from '../../src/client/client';
import { clusterSource, type ClusterSource, type Reach } from '../../src/mirror/clusterSource';
import { dialTcp } from '../../src/platform/dial';
import { stablePort } from '../support/ports';
import { startInProcess, type InProcess } from '../support/inProcess';

const LIMITS = { keysMax: 100, bytesMax: 10_000 };

let member: InProcess;
let client: Client;
let source: ClusterSource;
const never = new AbortController().signal;

beforeAll(async () => {
  member = await startInProcess('all', ['--history-length=20']);
  client = createClient({ endpoints: member.url });
  await client.keys.set('/warm', 'up');
});
afterAll(async () => {
  client.close();
  await member.stop();
});
beforeEach(() => {
  source = clusterSource('/app', LIMITS, () => Promise.resolve({ urls: [member.url], dial: dialTcp }));
});
afterEach(async () => {
  source.close();
  await client.keys.delete('/app', { recursive: true }).catch(() => undefined);
});

async function listed() {
  const found = await source.list(never);
  if (found.kind !== 'directory') throw new Error(found.kind);
  return {
    index: found.listing.index,
    keys: Object.fromEntries(found.listing.entries.map(({ path, value }) => [path.join('|'), value])),
  };
}

test('all keys below the prefix, at one index; empty directories and hidden keys are none', async () => {
  await client.keys.set('/app/a', '1');
  await client.keys.set('/app/deep/er/é %2F', 'é');
  await client.keys.mkdir('/app/empty');
  await client.keys.set('/app/_hidden', 'x');
  const { index } = await client.keys.set('/application', 'not ours');
  expect(await listed()).toEqual({ index, keys: { a: '1', 'deep|er|é %2F': 'é' } });
});

test('a prefix that is not there, and one that is a key', async () => {
  const { index } = await client.keys.set('/other', 'x');
  expect(await source.list(never)).toEqual({ kind: 'missing', index });
  await client.keys.set('/app', 'x');
  expect(await source.list(never)).toEqual({ kind: 'key', index: index + 1 });
});

test('the root is a prefix too', async () => {
  await client.keys.set('/app/a', '1');
  source = clusterSource('/', LIMITS, () => Promise.resolve({ urls: [member.url], dial: dialTcp }));
  expect((await listed()).keys).toMatchObject({ 'app|a': '1', warm: 'up' });
});

test('the next change is heard of, whether it was before or comes; one elsewhere is not', async () => {
  await client.keys.set('/app/a', '1');
  const { index } = await listed();
  const changes = source.changes(index, never)[Symbol.asyncIterator]();
  const first = changes.next();
  await client.keys.set('/application', 'not ours');
  const { index: changed } = await client.keys.set('/app/a', '2');
  expect((await first).value).toBeGreaterThanOrEqual(changed);
  const { index: gone } = await client.keys.delete('/app', { recursive: true });
  expect((await changes.next()).value).toBeGreaterThanOrEqual(gone);
  await changes.return?.();
});

test('a history that does not reach back any more ends the watch: the prefix is to be listed again', async () => {
  await client.keys.set('/app/a', '1');
  const { index } = await listed();
  for (let at = 0; at < 30; at++) await client.keys.set('/app/a', String(at));
  expect(
    await source
      .changes(index - 1, never)
      [Symbol.asyncIterator]()
      .next(),
  ).toEqual({ done: true, value: undefined });
});

test('stopped, it ends', async () => {
  await client.keys.set('/app/a', '1');
  const stopping = new AbortController();
  const next = source
    .changes((await listed()).index, stopping.signal)
    [Symbol.asyncIterator]()
    .next();
  await new Promise((done) => setTimeout(done, 50));
  stopping.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test('where nobody answers it rejects; the next time it looks again how the cluster is reached', async () => {
  await client.keys.set('/app/a', '1');
  const reaches: Reach[] = [{ urls: [`http://127.0.0.1:${await stablePort()}`], dial: dialTcp }];
  source = clusterSource('/app', LIMITS, () => Promise.resolve(reaches[0] ?? { urls: [member.url], dial: dialTcp }));
  await expect(source.list(never)).rejects.toThrow(/connection refused/);
  reaches.pop();
  expect((await listed()).keys).toEqual({ a: '1' });
});

test('of several members one that answers is enough', async () => {
  await client.keys.set('/app/a', '1');
  const urls = [`http://127.0.0.1:${await stablePort()}`, member.url];
  source = clusterSource('/app', LIMITS, () => Promise.resolve({ urls, dial: dialTcp }));
  expect((await listed()).keys).toEqual({ a: '1' });
});

test('values that take six times as much in the answer are read, if what they are is not too much', async () => {
  const value = '<&>\u0001'.repeat(25_000);
  await client.keys.set('/app/html', value);
  const limits = { keysMax: 1, bytesMax: 110_000 };
  source = clusterSource('/app', limits, () => Promise.resolve({ urls: [member.url], dial: dialTcp }));
  expect((await listed()).keys).toEqual({ html: value });
});

test('an answer that is far longer than what is taken on is not read', async () => {
  for (let at = 0; at < 4; at++) await client.keys.set(`/app/${at}`, 'x'.repeat(100_000));
  await expect(source.list(never)).rejects.toThrow(/longer than/);
});
