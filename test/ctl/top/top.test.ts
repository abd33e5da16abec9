import { FakeServer } from '../../client/fakeServer';
import { runCtl, type CtlOutcome } from '../etcdctl/inProcess';

const server = new FakeServer();
beforeAll(() => server.start());
afterAll(() => {
  server.stop();
});

let reads = 0;
beforeEach(() => {
  server.answer = ({ url }) =>
    url === '/metrics'
      ? {
          body: `etcd_http_received_total{method="GET"} ${(reads += 10)}\netcd_server_has_leader 1\netcd_server_is_leader 1\n`,
        }
      : { body: { members: [{ id: 'a', name: 'one', peerURLs: [], clientURLs: [server.url] }] } };
});

function top(...args: string[]): Promise<CtlOutcome> {
  return runCtl(['--no-sync', '--endpoints', server.url, ...args]);
}

it('prints a table each time where there is no terminal', async () => {
  const { code, stdout, stderr } = await top('top', '-i', '100ms', '-n', '2');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.match(/^1 of 1 members answer, one leads, \d+ reads\/s, 0 writes\/s$/gm)).toHaveLength(2);
  expect(stdout.match(/^one +leader +\d+ +0 /gm)).toHaveLength(2);
  expect(stdout).not.toContain('\x1b');
});

it('prints a line of JSON each time if that is asked for', async () => {
  const { stdout } = await top('-o', 'json', 'top', '-i', '100ms', '-n', '2');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { members: { name: string; writesPerS: number }[] });
  expect(lines.map(({ members }) => members[0])).toEqual(
    [1, 2].map(() => expect.objectContaining({ name: 'one', writesPerS: 0 }) as unknown),
  );
});

it('goes on when nobody answers any more, and says so', async () => {
  let asked = 0;
  const { answer } = server;
  server.answer = (request, headers) =>
    request.url === '/metrics' || asked++ === 0 ? answer(request, headers) : { status: 503 };
  const { code, stdout } = await top('top', '-i', '100ms', '-n', '1');
  expect([code, stdout]).toEqual([0, expect.stringContaining('0 of 1 members answer, nobody leads')]);
});

it('a member that hangs neither keeps it from beginning nor makes all look away', async () => {
  const others = [new FakeServer(), new FakeServer()];
  await Promise.all(others.map((other) => other.start()));
  // Whichever is asked first hangs: which that is, is chance.
  let hung: FakeServer | undefined;
  for (const other of others) {
    other.answer = (request, headers) => {
      hung ??= other;
      return other === hung ? undefined : server.answer(request, headers);
    };
  }
  const endpoints = others.map(({ url }) => url).join();
  const outcome = await runCtl(['--no-sync', '--endpoints', endpoints, 'top', '-i', '100ms', '-n', '2']);
  for (const other of others) other.stop();
  expect([outcome.code, outcome.stderr]).toEqual([0, '']);
  expect(outcome.stdout.match(/^1 of 1 members answer/gm)).toHaveLength(2);
  expect(hung?.asked).toHaveLength(1);
});

it.each([
  [['--endpoints', 'http://127.0.0.1:1', 'top'], 4, 'connection refused'],
  [['top', '--interval', '1ms'], 1, '--interval: give a time from 100ms'],
])('%j fails', async (args, code, words) => {
  const outcome = await runCtl(['--no-sync', ...args]);
  expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringContaining(words)]);
});

it('takes no words', async () => {
  expect(await top('top', '-n', '1', '10')).toEqual({ code: 1, stdout: '', stderr: 'No arguments accepted\n' });
});
