/** A member that waits at a discovery service, while a cluster comes up at its --join-urls. */
import { ClusterFullError, type Beginning, type ListedCluster } from '../../src/discovery/beginning';
import { beginFromDiscovery } from '../../src/discovery/discoveryUrl';
import { beginUnlessJoined } from '../../src/discovery/meanwhile';
import { Registry } from '../../src/discovery/registry';
import { dialTcp } from '../../src/platform/dial';
import { until } from '../cluster/waiting';
import { FakeService } from './fakeService';
import { clusterOf, joiner, type Joiner } from './joiner';

let service: FakeService;
beforeEach(async () => {
  service = await new FakeService().start();
});
afterEach(() => service.stop());

/** Nobody answers before the fifth question. */
function begin(one: Joiner, url: string, cluster: () => ListedCluster | undefined): Promise<Beginning> {
  let asked = 0;
  const fetchMembers = (): Promise<ListedCluster> => {
    const answer = ++asked < 5 ? undefined : cluster();
    return answer === undefined ? Promise.reject(new Error('refused')) : Promise.resolve(answer);
  };
  const options = { ...one.options, urls: ['http://b:2380'], foundation: undefined, fetchMembers };
  return beginUnlessJoined(options, (signal) => {
    const registry = new Registry(url, { signal, dial: dialTcp }, 300);
    return beginFromDiscovery({ ...options, registry }, 'auto');
  });
}

it('joins the cluster that answers while it waits for others to register', async () => {
  const url = service.token('t', '3');
  const cluster = clusterOf(['b', 'c', 'd'], 'other');
  const beginning = await begin(joiner('a', url), url, () => cluster);
  expect(beginning).toMatchObject({ kind: 'join', memberId: 'added', clusterId: cluster.clusterId });
});

it('joins it also where the service cannot be asked', async () => {
  const url = service.token('t', '3');
  service.fault = () => 'error';
  expect(await begin(joiner('a', url), url, () => clusterOf(['b', 'c', 'd'], 'other'))).toMatchObject({ kind: 'join' });
});

it('goes on waiting while the cluster that answers is the one that it founds', async () => {
  const url = service.token('t', '2');
  const one = joiner('a', url);
  let answers = 0;
  const cluster = clusterOf(['a', 'b'], url, ['a']);
  const begun = begin(one, url, () => {
    answers += 1;
    return cluster;
  });
  await until('it was looked for', 60_000, () => answers > 1 || undefined);
  service.put(`/t/${joiner('b', url).id}`, 'b=http://b:2380');
  expect(await begun).toMatchObject({ kind: 'found', token: url });
});

it('ends as the service says, or the process, where no cluster answers', async () => {
  const full = service.token('full', '1');
  service.put(`/full/${joiner('b', full).id}`, 'b=http://b:2380');
  await expect(begin(joiner('a', full), full, () => undefined)).rejects.toBeInstanceOf(ClusterFullError);
  const url = service.token('t', '3');
  const one = joiner('a', url);
  const begun = begin(one, url, () => undefined);
  await until('it waits', 60_000, () => one.lines.length > 0 || undefined);
  one.stop.abort(new Error('stopped'));
  await expect(begun).rejects.toThrow('stopped');
});
