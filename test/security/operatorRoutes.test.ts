/** Routes that only operators need can be taken off the client port, say who used them, and show no secrets. */
import { pino } from 'pino';
import { Drain } from '../../src/api/drain';
import type { ApiOptions, OperatorPlace } from '../../src/api/options';
import { changeLogLevel } from '../../src/app/logging';
import { shownArguments } from '../../src/config/shownArguments';
import { ANY_NAME, ask, startUnderTest, TOKEN, type ApiUnderTest } from '../api/apiUnderTest';
import { messageOf } from '../config/support';

let api: ApiUnderTest;

afterEach(async () => {
  await api.server.close(100);
});

/** Each with what it says where it is served. */
const ROUTES: readonly (readonly [method: string, path: string, body: string, status: number])[] = [
  ['GET', '/debug/vars', '', 200],
  ['PUT', '/config/local/log', '{"Level":"DEBUG"}', 204],
  ['PUT', '/config/local/drain', '{"Seconds":0}', 204],
  ['POST', '/v2/members', '{"peerURLs":["http://10.0.0.9:2380"]}', 415],
  ['DELETE', '/v2/members/', '', 405],
  ['GET', '/new', '', 200],
];

const PLACES: readonly OperatorPlace[] = ['client', 'metrics', 'peer'];

async function startWith(
  operatorRoutes: OperatorPlace,
  more: Partial<ApiOptions> = {},
): Promise<Record<OperatorPlace, number>> {
  const drain = new Drain(
    () => 0,
    () => Promise.resolve(),
  );
  api = await startUnderTest({ operatorRoutes, drain, metricsAddresses: [{ host: '127.0.0.1', port: 0 }], ...more });
  return { client: api.clientPort, metrics: api.server.metricsAddresses[0]!.port, peer: api.peerPort };
}

describe.each(PLACES)('--operator-routes %s', (place) => {
  test('serves them there and nowhere else', async () => {
    const ports = await startWith(place);
    for (const [method, path, body, status] of ROUTES) {
      for (const port of PLACES) {
        const answer = await ask(ports[port], method, path, body === '' ? undefined : body);
        const seen = port === place ? answer.status : [403, 404].includes(answer.status);
        expect([path, port, seen]).toEqual([path, port, port === place ? status : true]);
      }
    }
    // Each of them got through once.
    expect(api.levels).toEqual(['debug']);
    expect(api.member.commands.filter((command) => 'path' in command && command.path.includes(TOKEN))).toHaveLength(2);
  });

  test('leaves clients the list of members', async () => {
    const ports = await startWith(place);
    expect((await ask(ports.client, 'GET', '/v2/members')).status).toBe(200);
    expect((await ask(ports.client, 'GET', '/v2/members/leader')).status).toBe(200);
  });
});

test('on the peer port they are for no page, whatever name it came by', async () => {
  const { peer } = await startWith('peer', { web: { ...ANY_NAME, hosts: { whitelist: [], ownNames: ['x'] } } });
  for (const [method, path, body, status] of ROUTES) {
    const statusOf = async (headers: Record<string, string>): Promise<number> =>
      (await ask(peer, method, path, body === '' ? undefined : body, headers)).status;
    // A page of that name, which now means 127.0.0.1: it is the same origin to a browser, which sends no more than this with a GET.
    expect([path, await statusOf({ host: `evil.example:${peer}` })]).toEqual([path, 421]);
    expect([path, await statusOf({ origin: `http://127.0.0.1:${peer}` })]).toEqual([path, 403]);
    expect([path, await statusOf({ 'sec-fetch-site': 'same-origin' })]).toEqual([path, 403]);
    expect([path, await statusOf({})]).toEqual([path, status]);
  }
});

test('the client port says where they are', async () => {
  const ports = await startWith('metrics');
  const answer = await ask(ports.client, 'PUT', '/config/local/drain', '{"Seconds":1}');
  expect(answer.body).toContain('metrics port of this member only (--operator-routes)');
});

test('metrics without a metrics port is refused at the start', async () => {
  api = await startUnderTest();
  expect(messageOf({ argv: ['--operator-routes=metrics'] })).toMatch(/--listen-metrics-urls/);
});

test('who changed a log level is logged, also by somebody who silences the log', () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'fatal' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  changeLogLevel(logger, 'debug', '10.0.0.7');
  changeLogLevel(logger, 'fatal', '10.0.0.8');
  expect(lines).toMatchObject([
    { caller: '10.0.0.7', before: 'fatal', after: 'debug' },
    { caller: '10.0.0.8', before: 'debug', after: 'fatal' },
  ]);
  expect(logger.level).toBe('fatal');
});

test('the address of the connection is who, whatever headers say', async () => {
  const callers: string[] = [];
  api = await startUnderTest({ setLogLevel: (_level, caller) => callers.push(caller) });
  await ask(api.clientPort, 'PUT', '/config/local/log', '{"Level":"INFO"}', { 'x-forwarded-for': '1.2.3.4' });
  expect(callers).toEqual(['127.0.0.1']);
});

describe('the command line on /debug/vars', () => {
  const token = '4f0d2c8e91b7a6530e1f9d8c7b6a5948';

  test.each([
    [[`--discovery=http://d:2379/${token}`], ['--discovery=***']],
    [
      ['-discovery', `http://d:2379/${token}`, '--name', 'a'],
      ['-discovery', '***', '--name', 'a'],
    ],
    [
      ['discovery', `--discovery-tokens=${token}=3`],
      ['discovery', '--discovery-tokens=***'],
    ],
    [['--discovery-proxy=http://user:pass@p:1'], ['--discovery-proxy=http://***@p:1']],
    [
      ['--name=a', '--discovery-srv=example.com'],
      ['--name=a', '--discovery-srv=example.com'],
    ],
  ])('%j is shown as %j', (written, shown) => {
    expect(shownArguments(['node', ...written])).toEqual(['node', ...shown]);
  });

  test('is what the program says, and no other', async () => {
    api = await startUnderTest({ commandLine: ['cairn', '--discovery=***'] });
    expect(JSON.parse((await ask(api.clientPort, 'GET', '/debug/vars')).body)).toMatchObject({
      cmdline: ['cairn', '--discovery=***'],
    });
    await api.server.close(100);
    api = await startUnderTest();
    expect(JSON.parse((await ask(api.clientPort, 'GET', '/debug/vars')).body)).toMatchObject({ cmdline: [] });
  });
});
