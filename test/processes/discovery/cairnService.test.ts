/** Real members, Cairn as the discovery service, and members that go to a running cluster by themselves. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { memberIdOf } from '../../../src/member/identity';
import type { ClusterMember } from '../../cluster/clusterMember';
import { call } from '../../cluster/httpClient';
import { until } from '../../cluster/waiting';
import { ServerProcess } from '../../support/serverProcess';
import { formOneCluster, Place, QUICK } from './place';

let place: Place;

beforeAll(async () => {
  place = await Place.make('cairn');
});

afterEach(() => place.endMembers());

afterAll(() => place.end());

const registersAs = (member: ClusterMember, count: number): Promise<true> =>
  until(`${count} registered`, 60_000, () => member.logs().includes(`${count} of 3 members registered`) || undefined);

test('a service that goes away and comes back is waited for', async () => {
  const url = await place.token('away', 2);
  const [one] = await place.start(['a1'], '--discovery', url);
  await until('it waits', 60_000, () => one!.logs().includes('1 of 2 members') || undefined);
  await place.service.kill();
  await until('it says so', 60_000, () => one!.logs().includes('the discovery service cannot be asked') || undefined);
  const [two] = await place.start(['a2'], '--discovery', url);
  await until('it says so', 60_000, () => two!.logs().includes('the discovery service cannot be asked') || undefined);
  const again = await place.service.startAgain();
  try {
    await formOneCluster([one!, two!]);
  } finally {
    await again.stop();
    await place.end();
    place = await Place.make('cairn');
  }
});

test('a surplus member joins with --discovery-fallback join', async () => {
  const url = await place.token('surplus', 1);
  const [first] = await place.start(['s1'], '--discovery', url);
  await first!.healthy();
  const [second] = await place.start(['s2'], '--discovery', url, '--discovery-fallback', 'join');
  await until('it votes', 60_000, async () => (await second!.get('/readyz')).status === 200 || undefined);
  await formOneCluster([first!, second!]);
});

test('as in a StatefulSet: three at once, one of them crashes before it founds, then two more, then a lost disk', async () => {
  const url = await place.token('set', 3);
  const members: ClusterMember[] = [];
  for (const number of [0, 1, 2, 3, 4]) members.push(await place.member(`pod-${number}`));
  const joinUrls = members.map(({ place: { peerUrl } }) => peerUrl).join(',');
  const how = [...QUICK, '--discovery', url, '--discovery-fallback', 'join', '--join-urls', joinUrls];
  const [pod0, pod1, pod2, pod3, pod4] = members as [
    ClusterMember,
    ClusterMember,
    ClusterMember,
    ClusterMember,
    ClusterMember,
  ];
  pod0.start(how);
  await registersAs(pod0, 1);
  await pod0.kill();
  // The others find three registered and found without waiting for it.
  pod1.start(how);
  pod2.start(how);
  await Promise.all([pod1.healthy(), pod2.healthy()]);
  pod0.start();
  const clusterId = await formOneCluster([pod0, pod1, pod2]);
  expect(await pod0.id()).toBe(memberIdOf([pod0.place.peerUrl], url));

  pod3.start(how);
  pod4.start(how);
  await until('both vote', 60_000, async () => {
    const ready = await Promise.all([pod3, pod4].map((pod) => pod.get('/readyz')));
    return ready.every(({ status }) => status === 200) || undefined;
  });
  expect(await formOneCluster(members)).toBe(clusterId);

  // A founder and one that came later lose their disks together.
  const before = await Promise.all([pod2.id(), pod4.id()]);
  await Promise.all([pod2.kill(), pod4.kill()]);
  for (const pod of [pod2, pod4]) pod.deleteData();
  for (const pod of [pod2, pod4]) pod.start();
  expect(await formOneCluster(members)).toBe(clusterId);
  expect(before).not.toEqual(expect.arrayContaining([await pod2.id()]));
  expect(before).not.toEqual(expect.arrayContaining([await pod4.id()]));
});

test('a disk that is lost between registering and founding does not make a second cluster', async () => {
  const url = await place.token('early', 3);
  const members: ClusterMember[] = [];
  for (const number of [0, 1, 2]) members.push(await place.member(`early-${number}`));
  const how = [...QUICK, '--discovery', url];
  const [first, ...others] = members as [ClusterMember, ClusterMember, ClusterMember];
  first.start(how);
  await registersAs(first, 1);
  await first.kill();
  first.deleteData();
  first.start();
  await until('it knows', 60_000, () => first.logs().includes('before its data was lost') || undefined);
  for (const other of others) other.start(how);
  await formOneCluster(members);
  expect(await first.id()).not.toBe(memberIdOf([first.place.peerUrl], url));
});

test('a service makes a token for a cluster at its first start, and its members begin with the file that it wrote', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'cairn-cluster-file-')), 'cluster.yaml');
  const more = ['--discovery-cluster-file', `${file}=2`];
  const service = await ServerProcess.start('cairn', { command: 'discovery', moreArguments: more });
  const wrote = readFileSync(file, 'utf8');
  expect(wrote).toMatch(new RegExp(`^discovery: "${service.clientUrl}/[0-9a-f]{32}"\n$`));
  const members = await place.start(['c1', 'c2'], '--config-file', file);
  await formOneCluster(members);
  // The service lost everything: the next cluster of the same file would still find its token.
  await service.remove();
  const again = await ServerProcess.start('cairn', {
    ...{ command: 'discovery', moreArguments: more, clientPort: service.clientPort, peerPort: service.peerPort },
  });
  expect(readFileSync(file, 'utf8')).toBe(wrote);
  const target = new URL(/"(.*)"/.exec(wrote)![1]!).pathname;
  // It is healthy before it has made the token, and says so with 503 meanwhile.
  const status = await until('it has made the token', 60_000, async () => {
    const answer = await call(again.clientPort, { method: 'GET', target });
    return answer.status === 503 ? undefined : answer.status;
  });
  expect(status).toBe(200);
  await again.remove();
  rmSync(dirname(file), { recursive: true });
});
