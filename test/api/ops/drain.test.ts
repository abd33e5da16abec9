import { Drain } from '../../../src/api/drain';
import type { ApiUnderTest } from '../apiUnderTest';
import { ask, startUnderTest } from '../apiUnderTest';

let api: ApiUnderTest;
let nowMs = 1000;
let handedOver = 0;
const lines: string[] = [];

beforeEach(async () => {
  nowMs = 1000;
  handedOver = 0;
  const giveUpLeadership = (): Promise<void> => {
    handedOver++;
    return Promise.resolve();
  };
  lines.length = 0;
  api = await startUnderTest({
    drain: new Drain(
      () => nowMs,
      giveUpLeadership,
      (line) => lines.push(line),
    ),
  });
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

test('0 seconds end it, and nothing is handed over for that', async () => {
  await drain('{"Seconds":30}');
  for (let time = 0; time < 3; time++) expect((await drain('{"Seconds":0}')).status).toBe(204);
  expect((await ask(api.clientPort, 'GET', '/readyz')).status).toBe(200);
  expect(handedOver).toBe(1);
  expect(lines).toEqual([
    expect.stringContaining('drained for 30 s (PUT /config/local/drain of 127.0.0.1)'),
    'no longer drained, as 127.0.0.1 asked: this member is sent clients again',
  ]);
});

test('whoever asks without end is refused, and costs neither leadership nor log lines', async () => {
  const statuses: (number | undefined)[] = [];
  for (let time = 0; time < 30; time++) statuses.push((await drain('{"Seconds":1}')).status);
  expect(statuses).toEqual([...Array<number>(10).fill(204), ...Array<number>(20).fill(429)]);
  expect(await drain('{"Seconds":900}')).toMatchObject({ headers: { 'retry-after': '6' } });
  expect(handedOver).toBe(10);
  expect(lines).toHaveLength(10);
  // What was refused changed nothing.
  nowMs += 1000;
  expect((await ask(api.clientPort, 'GET', '/readyz')).status).toBe(200);
  nowMs += 6000;
  expect((await drain('{"Seconds":1}')).status).toBe(204);
  expect((await drain('{"Seconds":1}')).status).toBe(429);
});

test('all who ask while leadership is handed over wait for the same one', async () => {
  let handOver = (): void => undefined;
  const begun: string[] = [];
  const waiting = new Promise<void>((resolve) => {
    handOver = resolve;
  });
  const leave = (): Promise<void> => {
    begun.push('hand-over');
    return waiting;
  };
  const own = new Drain(
    () => 0,
    leave,
    (line) => begun.push(line),
  );
  const outcomes = Array.from({ length: 50 }, () => own.begin(30_000, 'somebody'));
  handOver();
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['done']));
  expect(begun).toEqual([expect.stringContaining('drained for 30 s'), 'hand-over']);
});

test.each(['', 'x', '{}', '[]', 'null', '{"Seconds":"5"}', '{"Seconds":-1}', '{"Seconds":901}'])(
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
