/** cairn check perf: what it sends, what it leaves, and what it says; against servers that are made up, and one that is real. */
import { check } from '../../../src/ctl/check';
import { createClient } from '../../../src/client/client';
import { Keys } from '../../../src/client/keys';
import { measure } from '../../../src/ctl/perf/measure';
import { FakeServer, type Asked, type FakeAnswer } from '../../client/fakeServer';
import { Cluster } from '../../cluster/cluster';
import { captureOutput } from '../output';

const output = captureOutput();
const server = new FakeServer();
beforeAll(() => server.start());
afterAll(() => {
  server.stop();
});

/** Keys that were written and not removed. */
let left: Set<string>;
beforeEach(() => {
  left = new Set();
  server.asked.length = 0;
  server.answer = answer;
});

function answer({ method, url }: Asked): FakeAnswer {
  const key = new URL(url, server.url).pathname.slice('/v2/keys'.length);
  if (method === 'PUT') left.add(key);
  if (method === 'DELETE') for (const each of left) if (each.startsWith(key)) left.delete(each);
  return {
    body: { action: method === 'GET' ? 'get' : 'set', node: { key, modifiedIndex: 1 } },
    headers: { 'X-Etcd-Index': '1' },
  };
}

const small = { seconds: 2, writesPerS: 10, readsPerS: 10, clients: 4, valueBytes: 10, keys: 10 };

test('sends each request at its time, and always to the same few keys', async () => {
  const client = createClient({ endpoints: server.url, timeoutMs: 30_000 });
  const beganMs = performance.now();
  const { writes, reads } = await measure([client.keys], '/scratch', small, new AbortController().signal);
  client.close();
  // The last one is due after 1.9 s.
  expect(performance.now() - beganMs).toBeGreaterThan(1850);
  expect([writes.failures, reads.failures, left.size]).toEqual([0, 0, 10]);
  // On a busy machine some are not sent any more.
  for (const { latenciesMs, wanted } of [writes, reads]) {
    expect([latenciesMs.length > 10, latenciesMs.length <= wanted, wanted]).toEqual([true, true, 20]);
  }
});

test('a request that waits for those before it is as late as its client finds it', async () => {
  server.answer = () => undefined;
  const keys = new Keys({ url: server.url, timeoutMs: 300 });
  const { writes, tookMs } = await measure(
    [keys],
    '/scratch',
    { ...small, clients: 1, writesPerS: 50, readsPerS: 50, seconds: 1 },
    new AbortController().signal,
  );
  expect(writes.latenciesMs).toEqual([]);
  // One after the other for 300 ms each: it gives up at one and a half of the time.
  expect(writes.failures).toBeLessThan(10);
  expect(tookMs).toBeLessThan(30_000);
});

test('what fails is counted, said, and makes it fail', async () => {
  server.answer = (asked) =>
    asked.method === 'PUT' && !asked.body.includes('dir=true')
      ? { status: 400, body: { errorCode: 209, message: 'no room', cause: 'here', index: 1 } }
      : answer(asked);
  expect(await check(['perf', '--url', server.url, '--output', 'json'])).toBe(1);
  const said = JSON.parse(/^\{[^]*^\}/m.exec(output.text())?.[0] ?? '') as {
    worst: string;
    findings: { seen: string }[];
  };
  expect(said.worst).toBe('error');
  expect(said.findings[0]?.seen).toMatch(/^\d+ of 1000 failed, the first with: .*no room/);
  expect([...left]).toEqual([]);
}, 120_000);

test('Ctrl-C removes everything, and judges nothing', async () => {
  let stop = (): void => undefined;
  server.answer = (asked) => {
    if (asked.method === 'GET') stop();
    return answer(asked);
  };
  const code = await check(['perf', '--url', server.url], {}, (act) => {
    stop = act;
  });
  expect([code, [...left]]).toEqual([1, []]);
  expect(output.text()).toContain('stopped before its end: nothing is judged');
  // The keys, and the directory that all checks share, if it is empty.
  expect(server.asked.slice(-2).map(({ method, url }) => `${method} ${url}`)).toEqual([
    expect.stringMatching(/^DELETE \/v2\/keys\/cairn-check\/perf-[-0-9a-f]+\?.*recursive=true/) as unknown,
    expect.stringMatching(/^DELETE \/v2\/keys\/cairn-check\?dir=true$/) as unknown,
  ]);
});

test('what cannot be removed is told', async () => {
  server.answer = (asked) =>
    asked.method === 'DELETE' ? { status: 403, body: { message: 'no right' } } : answer(asked);
  let stop = (): void => undefined;
  const running = check(['perf', '--url', server.url], {}, (act) => {
    stop = act;
  });
  setTimeout(() => {
    stop();
  }, 100);
  expect(await running).toBe(1);
  expect(output.text()).toMatch(/could not be removed: .*no right; it goes by itself/);
  expect(server.asked[0]).toMatchObject({ method: 'PUT', body: expect.stringMatching(/ttl=\d+/) as unknown });
});

test.each([
  [['perf', '--load', 'm'], 'which others who use the cluster will feel: give --yes'],
  [['perf', '--load', 'xl'], '--load "xl": give one of s, m, l'],
  [['perf', '--members', '3'], '--members is not for cairn check perf'],
  [['--load', 's'], '--load is not for cairn check: leave it out'],
  [['speed'], '"speed" cannot be checked'],
])('%j is refused before anything is sent', async (args, words) => {
  expect(await check([...args, '--url', server.url])).toBe(2);
  expect(output.text()).toContain(words);
  expect(server.asked).toEqual([]);
});

test('a real member, of which nothing is left behind', async () => {
  const cluster = await Cluster.start({ size: 1 });
  try {
    const url = `http://127.0.0.1:${cluster.members[0]?.clientPort}`;
    await check(['perf', '--url', url]);
    // How quick it is depends on the machine; that it is judged does not.
    expect(output.text()).toMatch(/^(ok|warning|error) +writes +/m);
    expect(output.text()).toMatch(/^(ok|warning|error) +reads +/m);
    expect(output.text()).not.toContain('failed, the first with');
    expect((await fetch(`${url}/v2/keys/cairn-check`)).status).toBe(404);
  } finally {
    await cluster.end();
  }
}, 120_000);
