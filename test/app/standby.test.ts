/** A fourth member of a cluster for three: it waits as a standby, and takes a place that becomes free. */
import { freePlace, startInProcess, type InProcess, type Place } from '../support/inProcess';
import { ask } from '../api/apiUnderTest';
import { fetchText } from '../support/exchange';

let running: InProcess[] = [];
afterEach(async () => {
  await Promise.all(running.map((each) => each.stop()));
  running = [];
});

const FLAGS = ['--cluster-active-size=3', '--cluster-remove-delay=2', '--cluster-sync-interval=1'];
const FAST = ['--heartbeat-interval=50', '--election-timeout=500'];

async function threeMembers(flags: readonly string[]): Promise<InProcess[]> {
  const places = [await freePlace(), await freePlace(), await freePlace()];
  const cluster = places.map(({ peerPort }, number) => `m${number}=http://127.0.0.1:${peerPort}`).join(',');
  const members = await Promise.all(
    places.map((place, number) => started([`--name=m${number}`, `--initial-cluster=${cluster}`, ...flags], place)),
  );
  return members;
}

async function started(flags: readonly string[], place?: Place): Promise<InProcess> {
  const server = await startInProcess('all', [...FAST, ...flags], place);
  running.push(server);
  return server;
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const endMs = Date.now() + 40_000;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`not in time: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

interface Machine {
  readonly name: string;
  readonly state: string;
}

async function machines({ port }: InProcess): Promise<Machine[]> {
  return JSON.parse((await fetchText(port, 'GET', '/v2/admin/machines')).body) as Machine[];
}

async function names(of: InProcess): Promise<string> {
  return (await machines(of)).map(({ name }) => name).join();
}

async function areSet({ port }: InProcess, config: string): Promise<boolean> {
  return (await fetchText(port, 'GET', '/v2/admin/config')).body === `${config}\n`;
}

const peersOf = (members: readonly InProcess[]): string =>
  `--peers=${members.map(({ peerUrl }) => peerUrl.slice('http://'.length)).join()}`;

test('it sends clients to the leader until a member is removed, and joins then', async () => {
  const members = await threeMembers(FLAGS);
  const [first] = members;
  await until('the flags are the settings', () => areSet(first!, '{"activeSize":3,"removeDelay":2,"syncInterval":1}'));
  await until('all are members', async () => (await names(first!)) === 'm0,m1,m2');
  const standby = await started(['--name=m3', peersOf(members)]);
  expect(standby.serving.role).toBe('standby');
  await until('it knows the leader', async () => (await fetchText(standby.port, 'GET', '/readyz')).status === 200);
  const leader = (await machines(first!)).findIndex(({ state }) => state === 'leader');
  const redirected = await fetchText(standby.port, 'GET', '/v2/keys/foo?recursive=true');
  expect([redirected.status, redirected.header('Location')]).toEqual([
    307,
    `${members[leader]!.url}/v2/keys/foo?recursive=true`,
  ]);
  expect((await fetchText(standby.setting.configuration.listenPeerUrls[0]!.port, 'GET', '/members')).status).toBe(404);
  // Whoever is heard from keeps its place for longer than removeDelay.
  await new Promise((done) => setTimeout(done, 4000));
  expect(await names(first!)).toBe('m0,m1,m2');

  const removed = members.findIndex((_, number) => number !== leader);
  const answer = await fetchText(members[leader]!.port, 'DELETE', `/v2/admin/machines/m${removed}`);
  expect(answer.status).toBe(200);
  await until('it is a member', () => standby.serving.role === 'member');
  await until('it votes', async () => (await names(members[leader]!)).endsWith('m3'));
  expect(await machines(members[leader]!)).toHaveLength(3);
});

test('a silent member is replaced by it, and is not where the cluster has no settings', async () => {
  const members = await threeMembers([]);
  const [first, second, third] = members as [InProcess, InProcess, InProcess];
  await until('all are members', async () => (await names(first)) === 'm0,m1,m2');
  const fourth = await started(['--name=m3', peersOf(members)]);
  expect(fourth.serving.role).toBe('member');
  await until('four are members', async () => (await names(first)) === 'm0,m1,m2,m3');
  await third.stop();
  running = running.filter((each) => each !== third);
  await new Promise((done) => setTimeout(done, 4000));
  expect(await names(first)).toBe('m0,m1,m2,m3');

  const config = '{"activeSize":4,"removeDelay":2,"syncInterval":1}';
  await until('the settings are set', async () => {
    return (await ask(second.port, 'PUT', '/v2/admin/config', config)).status === 200;
  });
  const standby = await started(['--name=m4', peersOf([first, second])]);
  await until('the silent one is replaced', async () => (await names(first)) === 'm0,m1,m3,m4');
  expect(standby.serving.role).toBe('member');
});
