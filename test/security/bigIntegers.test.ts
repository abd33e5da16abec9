/**
 * Numbers beyond 2^53, 2^63 and 2^64 wherever somebody may send one: JavaScript would round them in silence, so that one index is taken for
 * another, and arithmetic with dates would overflow.
 */
import { ask } from '../api/apiUnderTest';
import { startInProcess, type InProcess } from '../support/inProcess';

const TOO_LARGE = [2n ** 64n, 2n ** 64n + 7n, 10n ** 30n].map(String).concat('9'.repeat(5000));
const LARGE = [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n].map(String);
const NO_NUMBERS = [
  '-1',
  '-9223372036854775809',
  '1e3',
  '1e999',
  '0x10',
  '1.5',
  'NaN',
  'Infinity',
  ' 1',
  '1 ',
  '1_000',
  '１',
  '+1',
];

let server: InProcess;

beforeAll(async () => {
  server = await startInProcess('all');
});

afterAll(async () => {
  await server.stop();
});

interface Json {
  readonly errorCode?: number;
  readonly node?: { readonly modifiedIndex: number; readonly ttl?: number; readonly expiration?: string };
}

async function send(method: string, path: string, body?: string): Promise<{ status: number; json: Json }> {
  const answer = await ask(server.port, method, path, body);
  return { status: answer.status, json: JSON.parse(answer.body) as Json };
}

function escaped(text: string): string {
  return encodeURIComponent(text);
}

test.each(['prevIndex', 'waitIndex', 'ttl'])(
  '%s takes no number beyond 64 bits, and nothing that is none',
  async (name) => {
    const code = name === 'ttl' ? 202 : 203;
    for (const value of [...TOO_LARGE, ...NO_NUMBERS]) {
      for (const [method, inBody] of [
        ['PUT', false],
        ['PUT', true],
        ['GET', false],
        ['DELETE', false],
      ] as const) {
        const pair = `${name}=${escaped(value)}`;
        const { status, json } = await send(
          method,
          `/v2/keys/none${inBody ? '' : `?${pair}`}`,
          inBody ? pair : undefined,
        );
        expect([value, method, status, json.errorCode]).toEqual([value, method, 400, code]);
      }
    }
    expect((await send('GET', '/v2/keys/none')).status).toBe(404);
  },
);

test('prevIndex is compared with all its digits', async () => {
  const index = (await send('PUT', '/v2/keys/cas', 'value=1')).json.node?.modifiedIndex ?? 0;
  for (const value of [...LARGE, String(2n ** 64n - 1n - BigInt(index)), String(2n ** 53n + BigInt(index))]) {
    for (const method of ['PUT', 'DELETE']) {
      const { status, json } = await send(method, `/v2/keys/cas?prevIndex=${value}`);
      expect([value, status, json.errorCode]).toEqual([value, 412, 101]);
    }
  }
  expect((await send('PUT', `/v2/keys/cas?prevIndex=${'0'.repeat(1000)}${index}`, 'value=2')).status).toBe(200);
});

test('a watch from an index that is far away waits, and is no error', async () => {
  for (const value of LARGE) {
    const path = `/v2/keys/cas?wait=true&waitIndex=${value}`;
    const answered = ask(server.port, 'GET', path).then(
      () => 'answered',
      () => 'cut',
    );
    const waited = await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 60, 'waits'))]);
    expect([value, waited]).toEqual([value, 'waits']);
  }
  // Not even by what comes later.
  expect((await send('PUT', '/v2/keys/cas', 'value=3')).status).toBe(200);
});

test('a TTL beyond what a date can be is no TTL, and the key stays', async () => {
  for (const value of [...LARGE, '9223372037', '1000000000000', '8640000000001']) {
    const { status, json } = await send('PUT', `/v2/keys/ttl?ttl=${value}`, 'value=1');
    expect([200, 201]).toContain(status);
    expect([value, json.node?.ttl, json.node?.expiration]).toEqual([value, undefined, undefined]);
    expect((await send('GET', '/v2/keys/ttl')).status).toBe(200);
  }
  const { json } = await send('PUT', '/v2/keys/ttl?ttl=9223372036', 'value=1');
  expect(json.node?.ttl).toBe(9_223_372_036);
  expect(json.node?.expiration).toMatch(/^23\d\d-/);
});

test.each([...LARGE, ...TOO_LARGE, ...NO_NUMBERS, '0'])('a cluster of %s members gets no token', async (size) => {
  if (size === '+1') return;
  const { status } = await ask(server.port, 'GET', `/new?size=${escaped(size)}`);
  expect(status).toBe(400);
});

test.each([...TOO_LARGE, ...NO_NUMBERS, '10000000000000000', 'fffffffffffffffff'])(
  'there is no member %s',
  async (id) => {
    for (const method of ['DELETE', 'PUT']) {
      const { status } = await ask(
        server.port,
        method,
        `/v2/members/${escaped(id)}`,
        '{"peerURLs":["http://127.0.0.1:1"]}',
        {
          'content-type': 'application/json',
        },
      );
      expect([id, method, status]).toEqual([id, method, 404]);
    }
  },
);
