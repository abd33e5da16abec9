/** A member whose name is not ASCII, as everybody sees it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterMember } from '../cluster/clusterMember';
import { stablePort } from '../support/ports';
import { until } from '../cluster/waiting';

const NAME = '名é🦆';

let directory: string;
let member: ClusterMember;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'names-test-'));
  const clientPort = await stablePort();
  const peerPort = await stablePort();
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  member = new ClusterMember({ program: 'cairn', name: NAME, directory, clientPort, peerPort, peerUrl });
  member.start(['--initial-cluster', `${NAME}=${peerUrl}`]);
  await member.healthy();
});

afterAll(async () => {
  await member.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('it is listed, counted and logged under its name', async () => {
  await until('it is published', 60_000, async () => ((await member.members())[0]?.name === NAME ? true : undefined));
  expect(await member.self()).toMatchObject({ name: NAME });
  const machines = await member.get('/v2/keys/_etcd/machines');
  expect(JSON.parse(machines.text).node.nodes).toMatchObject([{ key: `/_etcd/machines/${NAME}` }]);
  expect((await member.get(`/v2/keys/_etcd/machines/${encodeURIComponent(NAME)}`)).status).toBe(200);
  expect((await member.get('/v2/machines')).text).toBe(`http://127.0.0.1:${member.clientPort}`);
  expect((await member.get('/metrics')).text).toContain('\netcd_server_is_leader 1\n');
  expect(member.logs()).toContain(`"name":"${NAME}"`);
  expect(member.logs()).toContain('ready to serve clients');
});

test('it publishes itself once', async () => {
  const indexNow = async (): Promise<number> => Number((await member.get('/v2/keys/')).headers['x-etcd-index']);
  const before = await indexNow();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await indexNow()).toBe(before);
});
