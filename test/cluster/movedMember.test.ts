/** A member that is started at another address with its data. */
import { Cluster } from './cluster';
import { call } from './httpClient';
import { stablePort } from '../support/ports';
import { until } from './waiting';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
});

afterAll(() => cluster.end());

test('it tells the cluster by itself, and takes part at its new place', async () => {
  const [moved, other] = await cluster.followers();
  const id = await moved!.id();
  await moved!.stop();
  expect((await other!.put('/meanwhile', 'x')).status).toBe(201);
  const url = `http://127.0.0.1:${await stablePort()}`;
  moved!.start(cluster.argumentsFor(cluster.members, '--listen-peer-urls', url, '--initial-advertise-peer-urls', url));
  await until('the cluster knows', 60_000, async () =>
    (await other!.members()).some((member) => member.id === id && member.peerURLs.join() === url),
  );
  await cluster.healthy();
  expect(await moved!.id()).toBe(id);
  expect(await moved!.value('/meanwhile', '?quorum=true')).toBe('x');
  expect((await moved!.put('/moved', 'x')).status).toBe(201);
});

test('what an operator set with `member update` is not undone by a restart', async () => {
  const [member, other] = await cluster.followers();
  const id = await member!.id();
  const listed = (await other!.members()).find((one) => one.id === id)!;
  const second = `http://127.0.0.1:${await stablePort()}`;
  const peerURLs = [...listed.peerURLs, second].sort();
  const { status } = await call(other!.clientPort, { method: 'PUT', target: `/v2/members/${id}`, json: { peerURLs } });
  expect(status).toBe(204);
  await member!.stop();
  member!.start();
  await cluster.healthy();
  const after = (await other!.members()).find((one) => one.id === id)!;
  expect([...after.peerURLs].sort()).toEqual(peerURLs);
});
