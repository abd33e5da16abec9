/** Real members and a real etcd as the discovery service. */
import { memberIdOf } from '../../../src/member/identity';
import { call } from '../../cluster/httpClient';
import { until } from '../../cluster/waiting';
import { formOneCluster, Place, whyMissing } from './place';

const reason = whyMissing('etcd');
const suite = reason === undefined ? describe : describe.skip;

suite(`etcd as discovery service${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let place: Place;

  beforeAll(async () => {
    place = await Place.make('etcd');
  });

  afterEach(() => place.endMembers());

  afterAll(() => place.end());

  test('three members find each other; of eight that race for three places the others exit with code 8', async () => {
    const url = await place.token('race', 3);
    const names = Array.from({ length: 8 }, (_, number) => `m${number}`);
    const members = await place.start(names, '--discovery', url, '--discovery-fallback', 'exit');
    const ended = await until('five have ended', 60_000, () => {
      const gone = members.filter(({ isRunning }) => !isRunning);
      return gone.length >= 5 ? gone : undefined;
    });
    expect(await Promise.all(ended.map(({ exited }) => exited))).toEqual(Array(5).fill({ code: 8, signal: null }));
    for (const member of ended) expect(member.logs()).toContain('discovery: cluster is full');
    const founders = members.filter((member) => !ended.includes(member));
    await formOneCluster(founders);
    expect((await place.registered('race')).slice(0, 3).sort()).toEqual(founders.map(({ name }) => name).sort());

    // A restart needs no service; the URL is not looked at.
    await founders[0]!.kill();
    founders[0]!.start([
      ...['--heartbeat-interval', '20', '--election-timeout', '200'],
      '--discovery',
      'http://127.0.0.1:9/t',
    ]);
    await formOneCluster(founders);
    expect(founders[0]!.logs()).toContain('it does not join by discovery or join URLs');

    // One that lost its disk comes back under a new id, and not as the founder it was.
    const lost = founders[1]!;
    const id = await lost.id();
    await lost.kill();
    lost.deleteData();
    lost.start();
    await formOneCluster(founders);
    expect(await lost.id()).not.toBe(id);
  });

  test('registers under the very id that etcd registers under', async () => {
    const url = await place.token('ids', 9);
    const etcd = await place.member('e', 'etcd');
    etcd.start(['--discovery', url]);
    const [registered] = await until('it is registered', 60_000, async () => {
      const target = '/v2/keys/_etcd/registry/ids';
      const nodes = JSON.parse((await call(place.service.clientPort, { method: 'GET', target })).text).node.nodes;
      return nodes as { key: string; value: string }[] | undefined;
    });
    expect(registered!.key.split('/').at(-1)).toBe(memberIdOf([etcd.place.peerUrl], url));
    expect(registered!.value).toBe(`e=${etcd.place.peerUrl}`);
  });

  test('while it waits, SIGTERM ends it with code 0; it and a killed one go on where they were', async () => {
    const url = await place.token('restart', 3);
    const [one, two] = await place.start(['a', 'b'], '--discovery', url);
    for (const member of [one!, two!]) {
      await until('it waits', 60_000, () => member.logs().includes('2 of 3 members registered') || undefined);
    }
    expect(await one!.stop()).toEqual({ code: 0, signal: null });
    await two!.kill();
    const [three] = await place.start(['c'], '--discovery', url);
    one!.start();
    two!.start();
    await formOneCluster([one!, two!, three!]);
  });

  test('a token that nobody made and a size that is none are clear errors', async () => {
    const [lost] = await place.start(['x'], '--discovery', place.tokenUrl('nobody'));
    expect(await lost!.exited).toEqual({ code: 2, signal: null });
    expect(lost!.logs()).toContain('100: Key not found (/_etcd/registry/nobody)');
    const target = '/v2/keys/_etcd/registry/bad/_config/size';
    await call(place.service.clientPort, { method: 'PUT', target, form: { value: 'three' } });
    const [bad] = await place.start(['y'], '--discovery', place.tokenUrl('bad'));
    expect(await bad!.exited).toEqual({ code: 2, signal: null });
    expect(bad!.logs()).toContain('discovery: size key is bad');
  });

  test('the protocol of 0.4: the first one begins, the others join by themselves', async () => {
    const target = '/v2/keys/_etcd/registry/old';
    await call(place.service.clientPort, { method: 'PUT', target, form: { dir: 'true' } });
    const members = await place.start(['o1', 'o2', 'o3'], '--discovery', place.tokenUrl('old'));
    await until('three are listed', 60_000, async () => {
      const list = await members[0]!.members();
      return list.filter(({ name }) => name !== '').length === 3 || undefined;
    });
    await formOneCluster(members);
    expect([...(await place.registered('old'))].sort()).toEqual(
      members.map(({ place: { peerUrl } }) => peerUrl).sort(),
    );
  });
});
