/** Commands at a member with auth, without a user who may. */
import { exportKeys } from '../../src/ctl/keyFile/export';
import { healthcheck } from '../../src/ctl/healthcheck';
import { FakeServer } from '../client/fakeServer';
import { captureOutput } from './output';

const output = captureOutput();
const server = new FakeServer();
const refusal = {
  errorCode: 110,
  message: 'The request requires user authentication',
  cause: 'Insufficient credentials',
  index: 0,
};

beforeAll(() => server.start());
afterAll(() => {
  server.stop();
});

it.each([
  ['as the key API says it', refusal],
  ['as the other routes say it', { message: 'Insufficient credentials' }],
])('it is said how to say who asks: %s', async (_, body) => {
  server.answer = () => ({ status: 401, body });
  expect(await exportKeys(['/app', '--url', server.url])).toBe(1);
  expect(output.text()).toContain('--user-file FILE, which has NAME:PASSWORD');
  expect(output.text()).toContain('/app/* is not enough for /app');
});

it.each([
  ['another refusal', { status: 404, body: { errorCode: 100, message: 'Key not found', cause: '/app', index: 1 } }],
  [
    'a cleared history, which has that number too',
    { status: 400, body: { errorCode: 401, message: 'x', cause: '', index: 1 } },
  ],
])('not for %s', async (_, answer) => {
  server.answer = () => answer;
  expect(await exportKeys(['/app', '--url', server.url])).toBe(1);
  expect(output.text()).not.toContain('--user-file');
});

it('not where the command takes no user', async () => {
  server.answer = () => ({ status: 401, body: refusal });
  expect(await healthcheck(['--url', server.url])).toBe(1);
  expect(output.text()).not.toContain('--user-file');
});
