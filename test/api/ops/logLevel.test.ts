import { parseLogLevel } from '../../../src/api/ops/logLevel';
import type { ApiUnderTest } from '../apiUnderTest';
import { ask, startUnderTest } from '../apiUnderTest';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startUnderTest();
});

afterAll(async () => {
  await api.server.close(100);
});

test.each([
  ['DEBUG', 'debug'],
  ['warning', 'warn'],
  ['C', 'fatal'],
  ['2', 'info'],
  ['XX', undefined],
  ['', undefined],
])('parseLogLevel(%j)', (name, level) => {
  expect(parseLogLevel(name)).toBe(level);
});

test('a level is set', async () => {
  const answer = await ask(api.clientPort, 'PUT', '/config/local/log', '{"Level":"DEBUG"}');
  expect(answer).toMatchObject({ status: 204, body: '' });
  expect(await ask(api.clientPort, 'PUT', '/config/local/log', '{"level":"info"}')).toMatchObject({ status: 204 });
  expect(api.levels).toEqual(['debug', 'info']);
});

test.each([
  ['{"Level":"XX"}', '{"message":"Invalid log level XX"}'],
  ['{}', '{"message":"Invalid log level "}'],
  ['{', '{"message":"Invalid json body"}'],
  ['{"Level":1}', '{"message":"Invalid json body"}'],
  ['[]', '{"message":"Invalid json body"}'],
  [`{"Level":"${'x'.repeat(70_000)}"}`, '{"message":"Invalid json body"}'],
])('%.20s is refused', async (body, message) => {
  expect(await ask(api.clientPort, 'PUT', '/config/local/log', body)).toMatchObject({ status: 400, body: message });
});
