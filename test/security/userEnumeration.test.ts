/** Who is there is nobody's business: neither an answer nor a header tells a name that exists from one that does not, nor a flood of names. */
import { addUser, basic, enableAuth, setGuest } from '../api/auth/userWith';
import { ask, startUnderTest, until, type ApiUnderTest } from '../api/apiUnderTest';

let api: ApiUnderTest;

async function start(): Promise<void> {
  api = await startUnderTest();
  await addUser(api.member, 'ann', 'annpw', { read: ['/ann/*'] });
  await setGuest(api.member, [], []);
  await enableAuth(api.member);
}

const stop = (): Promise<void> => api.server.close(100);

const ROUTES = [
  ['GET', '/v2/keys/a'],
  ['PUT', '/v2/keys/a'],
  ['DELETE', '/v2/keys/a'],
  ['GET', '/v2/keys/a?wait=true'],
  ['GET', '/v2/auth/users'],
  ['GET', '/v2/auth/users/ann'],
  ['GET', '/v2/auth/users/nobody'],
  ['GET', '/v2/auth/roles/ann'],
  ['PUT', '/v2/auth/users/ann'],
  ['DELETE', '/v2/auth/users/nobody'],
  ['PUT', '/v2/auth/enable'],
  ['POST', '/v2/members'],
  ['GET', '/debug/vars'],
] as const;

async function answerTo(method: string, path: string, headers: Record<string, string>): Promise<string> {
  const { status, headers: heard, body } = await ask(api.clientPort, method, path, undefined, headers);
  return JSON.stringify([status, { ...heard, date: undefined }, body]);
}

describe('every route', () => {
  // Of one member: what it has found to be wrong once it need not work out again, which takes a processor's time.
  beforeAll(start);
  afterAll(stop);

  test.each(ROUTES)('%s %s is refused to the byte the same', async (method, path) => {
    // No name is tried more often than is free.
    const answers = new Set<string>();
    for (const headers of [
      basic('ann', 'wrong'),
      basic('nobody', 'wrong'),
      // Unknown until now, so that each route has to wait for a verdict too.
      basic(`nobody for ${method} ${path}`, 'wrong'),
      basic('', 'x'),
      basic('a'.repeat(5000), 'x'),
      basic('ann\0', 'annpw'),
      basic('ANN', 'annpw'),
    ]) {
      answers.add(await answerTo(method, path, headers));
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toMatch(/^\[401,/);
  });

  test('a user without the right is told what a stranger is told', async () => {
    for (const [method, path] of ROUTES) {
      expect(await answerTo(method, path, basic('ann', 'annpw'))).toBe(await answerTo(method, path, {}));
    }
  });
});

describe('many names', () => {
  beforeAll(start);
  afterAll(stop);

  test('a flood of names that are not there keeps nobody out who is, and takes a bounded place in memory', async () => {
    expect((await ask(api.clientPort, 'GET', '/v2/keys/ann/a', undefined, basic('ann', 'annpw'))).status).toBe(200);
    const flood = Array.from({ length: 600 }, (_, each) =>
      ask(api.clientPort, 'GET', '/v2/keys/a', undefined, basic(`${'n'.repeat(each * 20)}${each}`, 'x')).then(
        ({ status }) => status,
      ),
    );
    let served = 0;
    const isOver = Promise.all(flood).then((statuses) => {
      expect(new Set(statuses.filter((status) => ![401, 429, 503].includes(status)))).toEqual(new Set());
      served = -served;
    });
    for (let each = 0; each < 30; each++) {
      const { status } = await ask(api.clientPort, 'GET', '/v2/keys/ann/a', undefined, basic('ann', 'annpw'));
      expect(status).toBe(200);
      served += 1;
    }
    await isOver;
    // Somebody new comes in when the flood is over, though it came from the same address: at the latest after five seconds.
    await addUser(api.member, 'bob', 'bobpw', { read: ['/bob/*'] });
    let status = 0;
    const ask1 = async (): Promise<void> => {
      ({ status } = await ask(api.clientPort, 'GET', '/v2/keys/bob/a', undefined, basic('bob', 'bobpw')));
    };
    const timer = setInterval(() => void ask1(), 500);
    await until(() => status === 200).finally(() => {
      clearInterval(timer);
    });
  });
});
