import { FakeServer } from '../../client/fakeServer';
import { runCtl } from './inProcess';

const COUNT = 200_000;
const nodes = Array.from({ length: COUNT }, (_, index) => ({ key: `/a/b/k${index}`, value: 'v' }));
const body = JSON.stringify({
  action: 'get',
  node: { key: '/a', dir: true, nodes: [{ key: '/a/b', dir: true, nodes }] },
});

const server = new FakeServer();
beforeAll(async () => {
  await server.start();
  server.answer = () => ({ body });
});
afterAll(() => {
  server.stop();
});

it.each([
  ['ls', COUNT + 1, '/a/b/k7'],
  ['tree', COUNT + 4, '    ├── k7'],
])('%s of a directory with hundreds of thousands of keys', async (command, count, line) => {
  const args = ['--no-sync', '--endpoints', server.url, '--timeout', '1m', '--total-timeout', '1m', command];
  const { code, stdout, stderr } = await runCtl([...args, ...(command === 'ls' ? ['-r'] : []), '/a']);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect([lines.length, lines.includes(line)]).toEqual([count, true]);
});
