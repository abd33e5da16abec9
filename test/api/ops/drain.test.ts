import { Drain } from '../../../src/api/drain';
import type { ApiUnderTest } from '../apiUnderTest';
import { ask, startUnderTest } from '../apiUnderTest';

let api: ApiUnderTest;
let nowMs = 1000;
let handedOver = 0;

beforeEach(async () => {
  nowMs = 1000;
  handedOver = 0;
  const giveUpLeadership = (): Promise<void> => {
    handedOver++;
    return Promise.resolve();
  };
  api = await startUnderTest({ drain: new Drain(() => nowMs, giveUpLeadership) });
});

afterEach(async () => {
  await api.server.close(100);
});

function drain(body: string) {
  return ask(api.clientPort, 'PUT', '/config/local/drain', body);
}

async function connection(path: string): Promise<string | undefined> {
  return (await ask(api.clientPort, 'GET', path, undefined, { connection: 'keep-alive' })).headers.connection;
}

test('a drained member is alive, not ready, and ends connections until the time is over', async () => {
  expect(await connection('/v2/keys/a')).toBe('keep-alive');
  expect((await drain('{"Seconds":30}')).status).toBe(204);
  expect(handedOver).toBe(1);
  expect(await ask(api.clientPort, 'GET', '/readyz')).toMatchObject({
    status: 503,
    body: expect.stringContaining('drained'),
  });
  expect((await ask(api.clientPort, 'GET', '/livez')).status).toBe(200);
  expect([await connection('/v2/keys/a'), await connection('/version')]).toEqual(['close', 'close']);
  nowMs += 30_000;
  expect((await ask(api.clientPort, 'GET', '/readyz')).status).toBe(200);
  expect(await connection('/v2/keys/a')).toBe('keep-alive');
});

test('0 seconds end it', async () => {
  await drain('{"Seconds":30}');
  await drain('{"Seconds":0}');
  expect((await ask(api.clientPort, 'GET', '/readyz')).status).toBe(200);
});

test.each(['', 'x', '{}', '[]', 'null', '{"Seconds":"5"}', '{"Seconds":-1}', '{"Seconds":3601}'])(
  'the body %j is refused',
  async (body) => {
    const answer = await drain(body);
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('Seconds') });
    expect(handedOver).toBe(0);
  },
);

test('only PUT, and only where there is something to drain', async () => {
  expect((await ask(api.clientPort, 'GET', '/config/local/drain')).status).toBe(405);
  const other = await startUnderTest();
  expect((await ask(other.clientPort, 'PUT', '/config/local/drain', '{"Seconds":1}')).status).toBe(404);
  await other.server.close(100);
});
