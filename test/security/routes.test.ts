/** Every route, for each of its methods, asked by everybody there can be: made from the tables that the routers are made from. */
import { Agent } from 'node:http';
import type { Assets } from '../../src/api/dashboard/assets';
import { Drain } from '../../src/api/drain';
import type { Right, Route } from '../../src/api/routeRules';
import { clientRoutes, metricsRoutes, peerRoutes } from '../../src/api/routes';
import type { OperatorPlace } from '../../src/api/options';
import { addUser, basic, enableAuth, setGuest } from '../api/auth/userWith';
import { event, node } from '../api/fakeMember';
import { ask, startUnderTest, TOKEN, type Answer, type ApiUnderTest } from '../api/apiUnderTest';

/**
 * Who may use what, written down a second time: a new route, another method or another right is a failure here until somebody has
 * thought about it. The path is one that the route answers to.
 */
const EXPECTED: readonly (readonly [route: string, path: string, rights: Readonly<Record<string, Right>>])[] = [
  ['/version', '/version', { GET: 'open' }],
  ['/health', '/health', { GET: 'open' }],
  ['/livez', '/livez', { GET: 'open', HEAD: 'open' }],
  ['/readyz', '/readyz', { GET: 'open', HEAD: 'open' }],
  ['/metrics', '/metrics', { GET: 'open', HEAD: 'open' }],
  // Who has a token may use it.
  ['/^\\/[0-9a-f]{32}(?=\\/|$)/', `/${TOKEN}`, { any: 'open' }],
  ['/new', '/new', { any: 'root' }],
  ['/', '/', { GET: 'open', HEAD: 'open' }],
  ['/v2/machines', '/v2/machines', { GET: 'open', HEAD: 'open' }],
  ['/v1/machines', '/v1/machines', { GET: 'open', HEAD: 'open' }],
  ['/machines', '/machines', { GET: 'open', HEAD: 'open' }],
  ['/v2/peers', '/v2/peers', { GET: 'open', HEAD: 'open' }],
  ['/v1/peers', '/v1/peers', { GET: 'open', HEAD: 'open' }],
  ['/v2/leader', '/v2/leader', { GET: 'open', HEAD: 'open' }],
  ['/v1/leader', '/v1/leader', { GET: 'open', HEAD: 'open' }],
  ['/leader', '/leader', { GET: 'open', HEAD: 'open' }],
  ['/v2/stats/self', '/v2/stats/self', { GET: 'open' }],
  ['/v2/stats/store', '/v2/stats/store', { GET: 'open' }],
  ['/v2/stats/leader', '/v2/stats/leader', { GET: 'open' }],
  // Who may do what to a key is asked for the key: test/api/v1/rights.test.ts.
  ['/v1/keys', '/v1/keys', { any: 'open' }],
  ['/v1/watch', '/v1/watch', { any: 'open' }],
  ['/^\\/v1\\/keys\\//', '/v1/keys/a', { GET: 'open', HEAD: 'open', POST: 'open', PUT: 'open', DELETE: 'open' }],
  ['/^\\/v1\\/watch\\//', '/v1/watch/a', { GET: 'open', POST: 'open' }],
  ['/v1/stats/self', '/v1/stats/self', { GET: 'open' }],
  ['/v1/stats/store', '/v1/stats/store', { GET: 'open' }],
  ['/v1/stats/leader', '/v1/stats/leader', { GET: 'open' }],
  ['/stats', '/stats', { GET: 'open' }],
  ['/v2/auth/users', '/v2/auth/users', { GET: 'root' }],
  ['/v2/auth/users/', '/v2/auth/users/', { GET: 'root' }],
  ['/^\\/v2\\/auth\\/users\\/[^/]+\\/?$/', '/v2/auth/users/ann', { GET: 'root', PUT: 'root', DELETE: 'root' }],
  ['/v2/auth/roles', '/v2/auth/roles', { GET: 'root' }],
  ['/v2/auth/roles/', '/v2/auth/roles/', { GET: 'root' }],
  ['/^\\/v2\\/auth\\/roles\\/[^/]+\\/?$/', '/v2/auth/roles/ann', { GET: 'root', PUT: 'root', DELETE: 'root' }],
  ['/^\\/v2\\/auth\\/(?:users|roles)\\/[^/]+\\/[^/]/', '/v2/auth/users/ann/x', { any: 'open' }],
  ['/v2/auth/enable', '/v2/auth/enable', { GET: 'open', PUT: 'root', DELETE: 'root' }],
  ['/mod/v2/lock/', '/mod/v2/lock/', { GET: 'open' }],
  ['/^\\/mod\\/v2\\/lock\\/[^]/', '/mod/v2/lock/a/b', { GET: 'read', POST: 'write', PUT: 'write', DELETE: 'write' }],
  ['/^\\/mod\\/v2\\/leader\\/[^]/', '/mod/v2/leader/a/b', { GET: 'read', PUT: 'write', DELETE: 'write' }],
  ['/mod/dashboard', '/mod/dashboard', { GET: 'open', HEAD: 'open' }],
  ['/mod/dashboard/static/*file', '/mod/dashboard/static/main.js', { GET: 'open', HEAD: 'open' }],
  ['/mod/dashboard/', '/mod/dashboard/', { GET: 'open', HEAD: 'open' }],
  ['/mod/dashboard/*page', '/mod/dashboard/stats', { GET: 'open', HEAD: 'open' }],
  ['/debug/vars', '/debug/vars', { GET: 'root' }],
  ['/config/local/log', '/config/local/log', { PUT: 'root' }],
  ['/config/local/drain', '/config/local/drain', { PUT: 'root' }],
  ['/v2/admin/config', '/v2/admin/config', { GET: 'open', HEAD: 'open', PUT: 'root' }],
  ['/v2/admin/machines', '/v2/admin/machines', { GET: 'open', HEAD: 'open' }],
  ['/^\\/v2\\/admin\\/machines\\/[^/]+$/', '/v2/admin/machines/node9', { GET: 'open', HEAD: 'open', DELETE: 'root' }],
  ['/v2/admin/snapshot', '/v2/admin/snapshot', { GET: 'root' }],
  ['/v2/admin/log', '/v2/admin/log', { GET: 'root' }],
  ['/v2/members', '/v2/members', { GET: 'open', POST: 'root', DELETE: 'root', PUT: 'root' }],
  ['/v2/members/', '/v2/members/', { GET: 'open', POST: 'root', DELETE: 'root', PUT: 'root' }],
  ['/v2/members/*subpath', '/v2/members/1f', { GET: 'open', POST: 'root', DELETE: 'root', PUT: 'root' }],
];

/** Everybody may come to these, and is asked for the right to the key: test/api/v1/rights.test.ts. */
function isOfKeys(route: string): boolean {
  return route.startsWith('/^\\/v1\\/');
}

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH'] as const;
const PLACES: readonly OperatorPlace[] = ['client', 'metrics', 'peer'];

let api: ApiUnderTest;
/** There are some fourteen thousand requests: with a connection for each, opening them is most of the work. */
let agent: Agent;

/** With the length of the body said: Node says none of it for GET, HEAD and DELETE, and the body would be the next request. */
function send(port: number, method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return ask(port, method, path, '{}', { ...headers, 'content-length': '2' }, agent);
}

async function start(operatorRoutes: OperatorPlace = 'client'): Promise<void> {
  const drain = new Drain(
    () => 0,
    () => Promise.resolve(),
  );
  const metrics = { contentType: 'text/plain', metrics: () => Promise.resolve('') };
  const metricsAddresses = [{ host: '127.0.0.1', port: 0 }];
  const dashboard = (): Assets => new Map();
  agent = new Agent({ keepAlive: true });
  api = await startUnderTest({ operatorRoutes, drain, metrics, metricsAddresses, dashboard });
  // A watch has its event at once.
  api.member.pastEvents = [event({ action: 'set', node: node({ key: '/a', value: '1' }) })];
  await addUser(api.member, 'ann', 'annpw', { read: ['/*'], write: ['/*'] });
  await setGuest(api.member, [], []);
  await enableAuth(api.member);
}

afterEach(async () => {
  agent.destroy();
  await api.server.close(100);
});

function rightsOf(routes: readonly Route[]): [string, Record<string, string>][] {
  return routes.flatMap(({ paths, rules }) =>
    paths.map((path): [string, Record<string, string>] => [
      String(path),
      Object.fromEntries(Object.entries(rules).map(([method, rule]) => [method, rule?.right ?? 'none'])),
    ]),
  );
}

test('the table of all routes is the one above', async () => {
  await start();
  const never = new Proxy({}, { get: (): unknown => never }) as never;
  const found = rightsOf(clientRoutes(api.options, never, never));
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(EXPECTED.map(([route, , rights]) => [route, rights])));
});

test('a port of its own has the same routes with the same rights, or less', async () => {
  await start();
  const known = new Map(EXPECTED.map(([route, , rights]) => [route, rights]));
  for (const operatorRoutes of PLACES) {
    const options = { ...api.options, operatorRoutes };
    const found = [...rightsOf(metricsRoutes(options)), ...rightsOf(peerRoutes(options))];
    expect(found.length).toBeGreaterThan(0);
    for (const [route, rights] of found) expect([route, rights]).toEqual([route, known.get(route)]);
  }
});

const MAY_USE_KEYS = 'a user without a right to it';

const NOT_ROOT = {
  'nobody who says so': {},
  [MAY_USE_KEYS]: basic('ann', 'annpw'),
  'a wrong password of root': basic('root', 'wrong'),
  'a user who is not there': basic('nobody', 'rootpw'),
  'a header that cannot be read': { authorization: 'Bearer rootpw' },
};

describe.each(PLACES)('operators on the %s port', (place) => {
  test.each(Object.entries(NOT_ROOT))(
    'what is root’s alone, or theirs who may use its key, is refused to %s',
    async (who, headers) => {
      await start(place);
      const ports = { client: api.clientPort, metrics: api.server.metricsAddresses[0]!.port, peer: api.peerPort };
      for (const [route, path, rights] of EXPECTED) {
        if (isOfKeys(route)) continue;
        const seen: object[] = [];
        const wanted: object[] = [];
        for (const method of METHODS) {
          const right = rights[method] ?? rights['any'];
          for (const port of PLACES) {
            const { status, body, headers: answered } = await send(ports[port], method, path, headers);
            const isElsewhere = port !== place || status === 404;
            const isRefused = status === 401;
            // She may use every key, and so the locks.
            const needsRight = right === 'root' || ((right === 'read' || right === 'write') && who !== MAY_USE_KEYS);
            if (needsRight && !(isElsewhere && [403, 404, 405].includes(status))) {
              const refusal = method === 'HEAD' ? '' : '{"message":"Insufficient credentials"}';
              seen.push({ method, port, isRefused, body, saysCluster: answered['x-etcd-cluster-id'] !== undefined });
              wanted.push({ method, port, isRefused: true, body: refusal, saysCluster: false });
            } else {
              seen.push({ method, port, isRefused });
              wanted.push({ method, port, isRefused: false });
            }
          }
        }
        expect({ route, seen }).toEqual({ route, seen: wanted });
      }
      // Nothing came of it.
      expect(api.levels).toEqual([]);
      expect(api.member.commands.filter((command) => command.type === 'create')).toEqual([]);
      expect(api.member.auth().user('ann')).toBeDefined();
      expect(api.member.auth().enabled).toBe(true);
    },
  );
});

test('root may use all of them', async () => {
  await start();
  for (const [route, path, rights] of EXPECTED) {
    for (const method of METHODS) {
      // The last one: nobody is root after it.
      if (path === '/v2/auth/enable' && method !== 'GET') continue;
      const right = rights[method] ?? rights['any'];
      const { status } = await send(api.clientPort, method, path, basic('root', 'rootpw'));
      const isMissing = right === undefined ? [404, 405].includes(status) : status !== 401;
      expect([route, method, isMissing]).toEqual([route, method, true]);
    }
  }
  expect((await ask(api.clientPort, 'DELETE', '/v2/auth/enable', '', basic('root', 'rootpw'))).status).toBe(200);
});

test('while auth is off everybody is', async () => {
  await start();
  await api.member.proposeAuth({ type: 'disable' });
  for (const [route, path, rights] of EXPECTED) {
    for (const method of Object.keys(rights)) {
      if (path === '/v2/auth/enable' && method !== 'GET') continue;
      const { status } = await send(api.clientPort, method === 'any' ? 'GET' : method, path);
      expect([route, method, status === 401]).toEqual([route, method, false]);
    }
  }
});
