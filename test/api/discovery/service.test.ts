/** The routes of the discovery service around a fake member; the values are those of spec cli-and-config section 4. */
import type { KeyResult } from '../../../src/machine/keyspace/event';
import { MemberError } from '../../../src/member/types';
import type { ApiUnderTest } from '../apiUnderTest';
import { ask, sendRaw, startUnderTest, TOKEN } from '../apiUnderTest';
import { event, keyError, node, NOW_MS } from '../fakeMember';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
});

afterEach(async () => {
  await api.server.close(100);
});

async function restart(options: Parameters<typeof startUnderTest>[0]): Promise<void> {
  await api.server.close(100);
  api = await startUnderTest(options);
}

/** The directory of the token, which ends by itself, and the size in it. */
function tokenCommands(size: string): unknown[] {
  return [
    {
      type: 'create',
      path: `/_etcd/registry/${TOKEN}`,
      value: '',
      nowMs: NOW_MS,
      dir: true,
      expirationMs: NOW_MS + 60_000,
      inOrder: false,
    },
    sizeCommand(size),
  ];
}

function sizeCommand(value: string): unknown {
  return {
    type: 'create',
    path: `/_etcd/registry/${TOKEN}/_config/size`,
    value,
    nowMs: NOW_MS,
    dir: false,
    expirationMs: undefined,
    inOrder: false,
  };
}

describe('/new', () => {
  test.each(['GET', 'PUT', 'POST', 'DELETE', 'PATCH'])('%s makes a token for three members', async (method) => {
    const answer = await ask(api.clientPort, method, '/new');
    expect(answer).toMatchObject({ status: 200, body: `http://127.0.0.1:${api.clientPort}/${TOKEN}` });
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(api.member.commands).toEqual(tokenCommands('3'));
  });

  test.each([
    ['?size=5', '5'],
    ['?size=', '3'],
    ['?size=%2B07&size=9', '7'],
    ['?size=1000', '1000'],
  ])('%s makes one for %s', async (query, size) => {
    expect((await ask(api.clientPort, 'GET', `/new${query}`)).status).toBe(200);
    expect(api.member.commands).toEqual(tokenCommands(size));
  });

  test('a form in the body wins over the query; a GET has none', async () => {
    await ask(api.clientPort, 'POST', '/new?size=5', 'size=7');
    await ask(api.clientPort, 'GET', '/new?size=5', 'size=7');
    expect(api.member.commands).toEqual([...tokenCommands('7'), ...tokenCommands('5')]);
  });

  test('a size that is no number is refused in the words of Go', async () => {
    const answer = await ask(api.clientPort, 'GET', '/new?size=abc');
    expect(answer).toMatchObject({ status: 400, body: 'strconv.Atoi: parsing "abc": invalid syntax\n' });
    expect(api.member.commands).toEqual([]);
  });

  test.each(['0', '-1', '1001', '9223372036854775807'])('a size of %s is refused', async (size) => {
    const answer = await ask(api.clientPort, 'GET', `/new?size=${size}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toBe(`a cluster has 1 to 1000 members; ${size} is out of range\n`);
    expect(api.member.commands).toEqual([]);
  });

  test('more than some at once are refused, and the client is told when to come again', async () => {
    const statuses: number[] = [];
    for (let number = 0; number < 60; number++) {
      const answer = await ask(api.clientPort, 'GET', '/new');
      statuses.push(answer.status);
      if (answer.status === 429) expect(answer.headers['retry-after']).toBe('1');
    }
    expect(statuses).toEqual([...Array.from({ length: 50 }, () => 200), ...Array.from({ length: 10 }, () => 429)]);
  });

  test('there is room for so many tokens', async () => {
    const nodes = Array.from({ length: 10_000 }, (_, number) => node({ key: `/_etcd/registry/${number}` }));
    api.member.onGet = () => event({ node: { ...node({ key: '/_etcd/registry' }), dir: true, nodes } });
    const answer = await ask(api.clientPort, 'GET', '/new');
    expect(answer.status).toBe(507);
    expect(api.member.commands).toEqual([]);
  });

  test('a long body is refused', async () => {
    expect((await ask(api.clientPort, 'POST', '/new', 'x'.repeat(5000))).status).toBe(413);
    expect(api.member.commands).toEqual([]);
  });

  test.each([
    ['has no leader', () => Promise.reject(new MemberError('noLeader', ''))],
    ['finds the token taken', () => Promise.resolve(keyError(105, '/x'))],
  ])('is refused when the member %s', async (_what, propose) => {
    api.member.onPropose = propose;
    const answer = await ask(api.clientPort, 'GET', '/new');
    expect(answer).toMatchObject({ status: 400, body: 'Unable to generate token\n' });
  });

  test('the URL begins with the address the client used, or with what was configured', async () => {
    const named = await ask(api.clientPort, 'GET', '/new', undefined, { host: 'discovery:8087' });
    expect(named.body).toBe(`http://discovery:8087/${TOKEN}`);
    const odd = await ask(api.clientPort, 'GET', '/new', undefined, { host: 'a!b' });
    expect(odd.body).toBe(`http://127.0.0.1:${api.clientPort}/${TOKEN}`);
    expect(await sendRaw(api.clientPort, 'GET /new HTTP/1.0\r\n\r\n')).toContain(
      `\r\n\r\nhttp://127.0.0.1:${api.clientPort}/${TOKEN}`,
    );
    await restart({
      discovery: { urlPrefix: 'https://d/x', makeToken: () => TOKEN, tokenTtlSeconds: 60, isReady: () => true },
    });
    expect((await ask(api.clientPort, 'GET', '/new')).body).toBe(`https://d/x/${TOKEN}`);
  });
});

describe('a token', () => {
  test('is read by a linearizable read of its key, with the query', async () => {
    const answer = await ask(api.clientPort, 'GET', `/${TOKEN}?recursive=true&sorted=true`);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-etcd-index': '4' });
    expect(JSON.parse(answer.body)).toMatchObject({ node: { key: `/_etcd/registry/${TOKEN}` } });
    const options = { recursive: true, sorted: true };
    expect(api.member.reads).toEqual([{ path: `/_etcd/registry/${TOKEN}`, options }]);
    expect(api.member.barriers).toBe(1);
  });

  test('takes registrations with body and query', async () => {
    const put = await ask(api.clientPort, 'PUT', `/${TOKEN}/7e27?prevExist=false`, 'value=a%3Dhttp%3A%2F%2Fx');
    const removal = await ask(api.clientPort, 'DELETE', `/${TOKEN}/7e27`);
    expect([put.status, removal.status]).toEqual([201, 201]);
    expect(JSON.parse(put.body)).toMatchObject({ action: 'set', node: { key: '/foo' } });
    const path = `/_etcd/registry/${TOKEN}/7e27`;
    expect(api.member.commands).toMatchObject([
      { type: 'create', path, value: 'a=http://x' },
      { type: 'delete', path },
    ]);
  });

  const directory = (registered: number): KeyResult => {
    // Each holds the size of its cluster besides.
    const nodes = ['_config', ...Array(registered).keys()].map((name) =>
      node({ key: `/_etcd/registry/${TOKEN}/${name}` }),
    );
    return event({ node: { ...node({ key: `/_etcd/registry/${TOKEN}` }), value: undefined, dir: true, nodes } });
  };
  const onlyTheToken = (registered: number) => (path: string) =>
    path === `/_etcd/registry/${TOKEN}` ? directory(registered) : keyError(100, path);

  test.each([
    ['a value of more than 64 KiB', '/7e27', `value=${'x'.repeat(65_537)}`, 'at most 65536 bytes'],
    ['a body of more than a registration can have', '/7e27', `value=${'%20'.repeat(90_000)}`, 'http: POST too large'],
    ['a name of more than 255 bytes', `/${'n'.repeat(256)}`, 'value=a', 'at most 255 bytes'],
    ['a directory', '/7e27', 'dir=true', 'not a directory'],
  ])('refuses %s', async (_what, name, body, cause) => {
    api.member.onGet = onlyTheToken(0);
    const answer = await ask(api.clientPort, 'PUT', `/${TOKEN}${name}`, body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).cause).toContain(cause);
    expect(api.member.commands).toEqual([]);
  });

  test('that nobody made takes no registration', async () => {
    api.member.onGet = (path) => keyError(100, path);
    const answer = await ask(api.clientPort, 'PUT', `/${TOKEN}/7e27`, 'value=a');
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ errorCode: 100, cause: `/_etcd/registry/${TOKEN}` });
    expect(api.member.commands).toEqual([]);
  });

  test('takes a thousand registrations, and changes of those', async () => {
    api.member.onGet = onlyTheToken(999);
    expect((await ask(api.clientPort, 'PUT', `/${TOKEN}/7e27`, 'value=a')).status).toBe(201);
    api.member.onGet = onlyTheToken(1000);
    expect((await ask(api.clientPort, 'PUT', `/${TOKEN}/7e27`, 'value=a')).status).toBe(400);
    api.member.onGet = () => directory(1000);
    expect((await ask(api.clientPort, 'PUT', `/${TOKEN}/7e27`, 'value=a')).status).toBe(201);
  });

  test('is looked up for itself, which counts as no read', async () => {
    api.member.onGet = (path) => (path.endsWith('/7e27') ? keyError(100, path) : directory(2));
    expect((await ask(api.clientPort, 'PUT', `/${TOKEN}/7e27`, 'value=a')).status).toBe(201);
    expect(api.member.reads).toEqual([]);
  });

  test('is not listed, whatever somebody wrote there as keys', async () => {
    api.member.onGet = () => directory(2000);
    expect((await ask(api.clientPort, 'PUT', `/${TOKEN}/7e27`, 'value=a')).status).toBe(201);
    expect((await ask(api.clientPort, 'GET', '/new')).status).toBe(200);
    expect(api.member.reads).toEqual([]);
  });

  test.each(['?dir=true&prevExist=true&ttl=1', '?ttl=1&prevExist=true', '?value=x', '/?dir=true&ttl=1'])(
    'cannot be given an end, or be replaced, by PUT %s',
    async (query) => {
      const answer = await ask(api.clientPort, 'PUT', `/${TOKEN}${query}`);
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.body)).toMatchObject({ errorCode: 102, cause: `/_etcd/registry/${TOKEN}` });
      expect(api.member.commands).toEqual([]);
    },
  );

  test('is watched', async () => {
    const waiting = ask(api.clientPort, 'GET', `/${TOKEN}?wait=true&recursive=true&waitIndex=9`);
    for (let attempt = 0; api.member.watches.length === 0 && attempt < 200; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(api.member.watches).toMatchObject([
      { path: `/_etcd/registry/${TOKEN}`, options: { recursive: true, sinceIndex: 9, stream: false } },
    ]);
    const registered = node({ key: `/_etcd/registry/${TOKEN}/a`, value: 'a=http://a:2380' });
    api.member.watches[0]!.listener(event({ action: 'set', node: registered }));
    expect(await waiting).toMatchObject({ status: 200, body: expect.stringContaining('"value":"a=http://a:2380"') });
  });

  test('that is not known is error 100', async () => {
    api.member.onGet = (path) => keyError(100, path);
    const answer = await ask(api.clientPort, 'GET', `/${TOKEN}/_config/size`);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({
      errorCode: 100,
      cause: `/_etcd/registry/${TOKEN}/_config/size`,
    });
  });

  test('is not shown by a member that cannot vouch for it', async () => {
    api.member.onBarrier = () => Promise.reject(new MemberError('noLeader', ''));
    const answer = await ask(api.clientPort, 'GET', `/${TOKEN}`);
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toMatchObject({ errorCode: 300, cause: 'etcdserver: no leader' });
  });

  test('is not shown while the service still makes those it was started with', async () => {
    await restart({ discovery: { urlPrefix: '', makeToken: () => TOKEN, tokenTtlSeconds: 60, isReady: () => false } });
    const answer = await ask(api.clientPort, 'GET', `/${TOKEN}`);
    expect(answer).toMatchObject({ status: 503, body: 'the discovery service is starting; try again\n' });
    expect(answer.headers['retry-after']).toBe('1');
  });

  test.each(['quorum=true', ''])('is not said to be unknown by its key either, until then (%s)', async (query) => {
    const paths = ['', '/_config/size'].map((below) => `/v2/keys/_etcd/registry/${TOKEN}${below}?${query}`);
    let isReady = false;
    await restart({
      discovery: { urlPrefix: '', makeToken: () => TOKEN, tokenTtlSeconds: 60, isReady: () => isReady },
    });
    api.member.onGet = (path) => keyError(100, path);
    for (const path of paths) {
      const answer = await ask(api.clientPort, 'GET', path);
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
      expect(JSON.parse(answer.body)).toMatchObject({ errorCode: 300, cause: expect.stringContaining('starting') });
    }
    // Other keys are not the service's.
    expect((await ask(api.clientPort, 'GET', `/v2/keys/a?${query}`)).status).toBe(404);
    isReady = true;
    for (const path of paths) expect((await ask(api.clientPort, 'GET', path)).status).toBe(404);
  });

  test.each([
    ['PUT', `/${TOKEN}/_config/size`, 'GET'],
    ['DELETE', `/${TOKEN}/_config/size`, 'GET'],
    ['DELETE', `/${TOKEN}/_config`, 'GET'],
    ['POST', `/${TOKEN}`, 'GET,PUT'],
    ['DELETE', `/${TOKEN}`, 'GET,PUT'],
    ['DELETE', `/${TOKEN}/`, 'GET,PUT'],
    ['POST', `/${TOKEN}/7e27`, 'GET,PUT,DELETE'],
  ])('has no %s %s', async (method, path, allow) => {
    const answer = await ask(api.clientPort, method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe(allow);
    expect(api.member.commands).toEqual([]);
  });

  test.each([`/${TOKEN}0`, `/${TOKEN.slice(1)}`, `/${TOKEN.toUpperCase()}`, `/${TOKEN}/a/b`, `/${TOKEN}/a%2Fb`])(
    'is not meant by %s',
    async (path) => {
      expect(await ask(api.clientPort, 'GET', path)).toMatchObject({ status: 404, body: '404 page not found\n' });
    },
  );
});

describe('a member that is nothing else', () => {
  beforeEach(() => restart({ surface: 'discovery' }));

  test.each([
    ['/', 'Cairn discovery service'],
    ['/robots.txt', 'Disallow: /\n'],
    ['/health', '{"health": "true"}'],
    ['/livez', '{"live": "true"}'],
    ['/readyz', '{"ready": "true"}'],
    ['/version', '"etcdserver"'],
    ['/new', TOKEN],
    [`/${TOKEN}`, `/_etcd/registry/${TOKEN}`],
  ])('serves %s', async (path, content) => {
    const answer = await ask(api.clientPort, 'GET', path);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain(content);
  });

  test.each([
    ['GET', '/v2/keys'],
    ['PUT', '/v2/keys/a?value=b'],
    ['GET', '/v2/keys/_etcd/registry'],
    ['GET', '/v2/members'],
    ['DELETE', '/v2/members/1f'],
    ['GET', '/v2/machines'],
    ['GET', '/v2/stats/self'],
    ['PUT', '/config/local/log'],
    ['GET', '/debug/vars'],
  ])('has no %s %s', async (method, path) => {
    expect(await ask(api.clientPort, method, path)).toMatchObject({ status: 404, body: '404 page not found\n' });
    expect(api.member.commands).toEqual([]);
  });

  test('answers a bad target and OPTIONS like any other', async () => {
    expect((await ask(api.clientPort, 'GET', '/%zz')).status).toBe(400);
    expect((await ask(api.clientPort, 'OPTIONS', '/new')).status).toBe(200);
  });
});

test('a hidden name, which no listing counts, is no registration', async () => {
  const answer = await ask(api.clientPort, 'PUT', `/${TOKEN}/_0`, 'value=x');
  expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('does not begin with') });
  expect(api.member.commands).toEqual([]);
});
