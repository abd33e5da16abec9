import type { Beginning } from '../../src/discovery/beginning';
import { ClusterFullError, JoinError } from '../../src/discovery/beginning';
import { beginFromDiscovery } from '../../src/discovery/discoveryUrl';
import { parseRegistration, registrationValue } from '../../src/discovery/registrations';
import { FakeService } from './fakeService';
import { clusterOf, FakeNotes, joiner, type Joiner } from './joiner';
import { until } from '../cluster/waiting';

let service: FakeService;
beforeEach(async () => {
  service = await new FakeService().start();
});
afterEach(() => service.stop());

const begin = (member: Joiner): Promise<Beginning> => beginFromDiscovery(member.options, 'auto');

function foundersOf(beginning: Beginning): readonly string[] {
  if (beginning.kind !== 'found') throw new Error(`it does not found: ${JSON.stringify(beginning)}`);
  return beginning.founders.map(({ name }) => name);
}

it('asks in the order of the protocol', async () => {
  const url = service.token('t', '2');
  const one = joiner('a', url);
  const first = begin(one);
  await until('it watches', 60_000, () => service.seen.some((line) => line.includes('wait=true')) || undefined);
  expect(service.seen).toEqual([
    'GET /t/_config/size?quorum=true',
    'GET /t?quorum=true',
    `PUT /t/${one.id}?prevExist=false value=a=http://a:2380`,
    'GET /t?quorum=true',
    'GET /t?wait=true&recursive=true&waitIndex=13',
  ]);
  const second = begin(joiner('b', url));
  expect(await first).toEqual({
    kind: 'found',
    founders: [
      { name: 'a', peerURLs: ['http://a:2380'] },
      { name: 'b', peerURLs: ['http://b:2380'] },
    ],
    token: url,
  });
  expect(await second).toEqual(await first);
  expect(one.lines).toContain('1 of 2 members registered; waiting for 1 more');
});

it('takes the first to be created, whatever their ids', async () => {
  const url = service.token('t', '3');
  for (const name of ['z', 'y']) service.put(`/t/${joiner(name, url).id}`, `${name}=http://${name}:2380`);
  expect(foundersOf(await begin(joiner('a', url)))).toEqual(['z', 'y', 'a']);
});

it('registers several URLs as one member', async () => {
  const url = service.token('t', '1');
  const beginning = await begin(joiner('a', url, new FakeNotes(), { peerURLs: ['http://a:7001', 'http://a:2380'] }));
  expect([...service.keys.values()].map(({ value }) => value)).toContain('a=http://a:2380,a=http://a:7001');
  expect(beginning).toMatchObject({ founders: [{ name: 'a', peerURLs: ['http://a:2380', 'http://a:7001'] }] });
});

it('of 100 joiners for 5 places five found one and the same cluster', async () => {
  const url = service.token('t', '5');
  const names = Array.from({ length: 100 }, (_, number) => `m${number}`);
  const outcomes = await Promise.allSettled(names.map((name) => begin(joiner(name, url))));
  const founded = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [foundersOf(outcome.value)] : []));
  expect(founded).toHaveLength(5);
  for (const founders of founded) expect(founders).toEqual(founded[0]);
  const losers = names.filter((_, position) => outcomes[position]?.status === 'rejected');
  expect([...founded[0]!, ...losers].sort()).toEqual([...names].sort());
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ClusterFullError);
  }
});

it('does not register where all places are taken, and says who has them', async () => {
  const url = service.token('t', '1');
  await begin(joiner('a', url));
  const before = service.keys.size;
  await expect(begin(joiner('b', url))).rejects.toMatchObject({
    name: 'ClusterFullError',
    message: expect.stringContaining('discovery: cluster is full'),
    peerURLs: ['http://a:2380'],
    clusterId: clusterOf(['a'], url).clusterId,
  });
  expect(service.keys.size).toBe(before);
});

it('takes a full token under another spelling of its URL, too: the cluster is the one that the others made', async () => {
  const url = service.token('t', '2');
  for (const name of ['a', 'b']) service.put(`/t/${joiner(name, url).id}`, `${name}=http://${name}:2380`);
  await expect(begin(joiner('c', url.replace('127.0.0.1', 'localhost')))).rejects.toMatchObject({
    name: 'ClusterFullError',
    clusterId: clusterOf(['a', 'b'], url).clusterId,
  });
});

describe('registering again', () => {
  it('goes on where the same data directory was cut short, before and after the request', async () => {
    const url = service.token('t', '2');
    const notes = new FakeNotes();
    const first = joiner('a', url, notes);
    service.fault = (what) => (what.startsWith('PUT') ? 'drop' : undefined);
    const cut = begin(first);
    await until('it tries', 60_000, () => service.seen.some((line) => line.startsWith('PUT')) || undefined);
    first.stop.abort(new Error('stopped'));
    await expect(cut).rejects.toThrow('stopped');
    service.fault = (what) => (what.startsWith('PUT') ? 'dropAfter' : undefined);
    const second = joiner('a', url, notes);
    const again = begin(second);
    await until('it is registered', 60_000, () => service.keys.size === 2 || undefined);
    second.stop.abort(new Error('stopped'));
    await expect(again).rejects.toThrow('stopped');
    service.fault = () => undefined;
    const third = begin(joiner('a', url, notes));
    expect(foundersOf(await begin(joiner('b', url)))).toEqual(['a', 'b']);
    expect(foundersOf(await third)).toEqual(['a', 'b']);
  });

  it('writes the note before the registration', async () => {
    const url = service.token('t', '1');
    const notes = new FakeNotes();
    notes.onWrite = () => expect(service.seen.filter((line) => line.startsWith('PUT'))).toEqual([]);
    await begin(joiner('a', url, notes));
    expect(notes.note).toMatchObject({ protocol: '2.3', url, value: 'a=http://a:2380' });
  });

  it('without the note never founds, but comes back to the cluster as a new member once it runs', async () => {
    const url = service.token('t', '3');
    const lost = joiner('a', url, new FakeNotes());
    service.put(`/t/${lost.id}`, 'a=http://a:2380');
    let running = false;
    const cluster = clusterOf(['a', 'b', 'c'], url, ['a']);
    const fetchMembers = () => (running ? Promise.resolve(cluster) : Promise.reject(new Error('refused')));
    const coming = begin({ ...lost, options: { ...lost.options, fetchMembers } });
    await until('it says so', 60_000, () => lost.lines.some((line) => line.includes('1 of 3')) || undefined);
    const others = await Promise.all(['b', 'c'].map((name) => begin(joiner(name, url))));
    for (const other of others) expect(foundersOf(other).toSorted()).toEqual(['a', 'b', 'c']);
    await until('it waits', 60_000, () => lost.lines.some((line) => line.includes('its data is lost')) || undefined);
    running = true;
    // Although the cluster does not say that it was ever started, it may have voted.
    expect(await coming).toMatchObject({
      kind: 'join',
      memberId: `instead-of-${lost.id}`,
      clusterId: cluster.clusterId,
    });
  });

  it('without the note and --auto-rejoin, or without others, is an error', async () => {
    const two = service.token('two', '2');
    for (const name of ['a', 'b']) service.put(`/two/${joiner(name, two).id}`, `${name}=http://${name}:2380`);
    await expect(begin(joiner('a', two, new FakeNotes(), { autoRejoin: false }))).rejects.toThrow('--auto-rejoin');
    const one = service.token('one', '1');
    await begin(joiner('a', one));
    await expect(begin(joiner('a', one))).rejects.toThrow(
      /previously registered .* no other member to get the data from/,
    );
  });

  it('joins under the new id after a replacement that was cut short', async () => {
    const url = service.token('t', '2');
    for (const name of ['a', 'b']) service.put(`/t/${joiner(name, url).id}`, `${name}=http://${name}:2380`);
    const { clusterId, members } = clusterOf(['a', 'b'], url);
    const cluster = { clusterId, members: [{ ...members[0]!, id: '99', name: '' }, members[1]!] };
    const lost = joiner('a', url, new FakeNotes(), { fetchMembers: () => Promise.resolve(cluster) });
    expect(await begin(lost)).toMatchObject({ kind: 'join', memberId: '99' });
  });

  it('with the note founds although the others run already, as long as they never saw it', async () => {
    const url = service.token('t', '2');
    const notes = new FakeNotes();
    const first = joiner('a', url, notes);
    const cut = begin(first);
    await until('it is registered', 60_000, () => service.keys.size === 2 || undefined);
    first.stop.abort(new Error('stopped'));
    await expect(cut).rejects.toThrow('stopped');
    await begin(joiner('b', url));
    const cluster = clusterOf(['a', 'b'], url, ['a']);
    const again = joiner('a', url, notes, { fetchMembers: () => Promise.resolve(cluster) });
    expect(foundersOf(await begin(again))).toEqual(['a', 'b']);
  });

  it('a twin with the same name and URLs is refused, and stays refused', async () => {
    const url = service.token('t', '2');
    const notes = new FakeNotes();
    const twin = joiner('a', url, notes);
    // The other one is quicker by a moment.
    notes.onWrite = () => service.put(`/t/${twin.id}`, 'a=http://a:2380');
    await expect(begin(twin)).rejects.toThrow('discovery: found duplicate id');
    expect(notes.note).toBeUndefined();
  });

  it.each([
    ['b', ['http://a:2380'], 'discovery: found duplicate id'],
    ['a', ['http://b:2380'], 'discovery: found duplicate name'],
    ['b', ['http://a:2380', 'http://b:2380'], 'discovery: found duplicate URL'],
  ])('%s at %s beside a at http://a:2380: %s, and nothing is registered', async (name, peerURLs, message) => {
    const url = service.token('t', '3');
    service.put(`/t/${joiner('a', url).id}`, 'a=http://a:2380');
    const before = service.keys.size;
    await expect(begin(joiner(name, url, new FakeNotes(), { peerURLs }))).rejects.toThrow(message);
    expect(service.keys.size).toBe(before);
  });
});

it('refuses a token whose members run as another cluster', async () => {
  const url = service.token('t', '2');
  service.put(`/t/${joiner('b', url).id}`, 'b=http://b:2380');
  const other = { ...clusterOf(['b'], url), clusterId: 'other' };
  const fetchMembers = () => Promise.resolve(other);
  await expect(begin(joiner('a', url, new FakeNotes(), { fetchMembers }))).rejects.toThrow(
    'belongs to the cluster other',
  );
});

describe('a service in trouble', () => {
  it('is waited for, and the log says so once', async () => {
    const url = service.token('t', '1');
    await service.stop();
    const member = joiner('a', url);
    const beginning = begin(member);
    await until('it says so', 60_000, () => member.lines.length > 0 || undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(member.lines).toEqual([
      expect.stringMatching(/^the discovery service cannot be asked .*connection refused/),
    ]);
    await service.start();
    expect(foundersOf(await beginning)).toEqual(['a']);
  });

  it('that is a standby for a moment is waited for, and the log has its words', async () => {
    const url = service.token('t', '1');
    let asked = 0;
    service.fault = () => (++asked <= 2 ? 'standby' : undefined);
    const member = joiner('a', url);
    expect(foundersOf(await begin(member))).toEqual(['a']);
    expect(member.lines[0]).toBe(
      'the discovery service cannot be asked (402: Standby Internal Error (no leader is known)); waiting for it',
    );
  });

  it.each(['error', 'drop', 'standby', 'election'] as const)(
    'each third request fails (%s), and the cluster forms',
    async (fault) => {
      const url = service.token('t', '5');
      let number = 0;
      service.fault = () => (++number % 3 === 0 ? fault : undefined);
      const founded = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => begin(joiner(name, url))));
      for (const beginning of founded) expect(foundersOf(beginning)).toEqual(foundersOf(founded[0]!));
    },
  );

  it.each(['hang', 'clear', 'early', 'drop', 'standby'] as const)(
    'a watch that ends with "%s" is renewed',
    async (fault) => {
      const url = service.token('t', '2');
      service.fault = (what) => (what.includes('wait=true') ? fault : undefined);
      const first = begin(joiner('a', url));
      const watches = () => service.seen.filter((line) => line.includes('wait=true')).length;
      await until('it watched twice', 60_000, () => watches() >= 2 || undefined);
      expect(watches()).toBeLessThan(20);
      expect(foundersOf(await begin(joiner('b', url)))).toEqual(foundersOf(await first));
    },
  );

  it('is no longer waited for when the process is asked to stop', async () => {
    const url = service.token('t', '2');
    const member = joiner('a', url);
    const beginning = begin(member);
    await until('it watches', 60_000, () => service.seen.some((line) => line.includes('wait=true')) || undefined);
    const reason = new Error('asked to');
    member.stop.abort(reason);
    await expect(beginning).rejects.toBe(reason);
  });
});

describe('a bad token', () => {
  it.each(['abc', '0', '-1', '2.5', '', '1001'])('size %j', async (size) => {
    const url = service.token('t', size);
    await expect(begin(joiner('a', url))).rejects.toThrow('discovery: size key is bad');
  });

  it('that nobody made', async () => {
    await expect(begin(joiner('a', service.url('t')))).rejects.toThrow(
      'discovery: size key not found: 100: Key not found (/t/_config/size)',
    );
    expect(service.keys.size).toBe(0);
  });

  it('that vanishes', async () => {
    const url = service.token('t', '2');
    const beginning = begin(joiner('a', url));
    await until('it watches', 60_000, () => service.seen.some((line) => line.includes('wait=true')) || undefined);
    service.keys.clear();
    service.put('/elsewhere', '');
    await expect(beginning).rejects.toThrow('discovery: token not found');
  });

  it('on something that is no discovery service', async () => {
    const url = service.token('t', '2');
    service.fault = () => 'html';
    await expect(begin(joiner('a', url))).rejects.toThrow('discovery: bad discovery endpoint');
  });

  it.each([
    ['b', 'http://b:2380'],
    ['infra2', 'b=http://b:2380'],
    ['0123456789abcdef0', 'b=http://b:2380'],
    ['B', 'b=http://b:2380'],
    ['b', 'b=b:2380'],
    ['b', 'b=ftp://b:2380'],
    ['b', 'b=http://[b:2380'],
    ['b', 'b=http://b:2380/\ud800'],
    ['b', 'b=http://b:2380,c=http://b:7001'],
    ['b', 'b=http://b:2380,'],
    ['b', `b=http://b:2380/${'x'.repeat(4096)}`],
    ['b', Array.from({ length: 129 }, (_, number) => `b=http://b:${number + 1}`).join()],
  ])('with a registration that is none: %s, row %#', async (key, value) => {
    const url = service.token('t', '2');
    service.put(`/t/${key}`, value);
    const begun = begin(joiner('a', url));
    await expect(begun).rejects.toBeInstanceOf(JoinError);
    await expect(begun).rejects.toThrow(new RegExp(`the registration ${key} is .*, not NAME=URL`));
    expect(service.keys.size).toBe(2);
  });

  it('with a registration of a member that was given another spelling of it: neither founds, and neither registers beside it', async () => {
    const url = service.token('t', '3');
    const other = url.replace('127.0.0.1', 'localhost');
    const first = begin(joiner('a', url));
    await until('it is registered', 60_000, () => service.keys.size === 2 || undefined);
    const reason = (name: string, id: string): RegExp =>
      new RegExp(
        `the registration ${id} \\(${name}, http://${name}:2380\\) was made with another spelling of the discovery URL than`,
      );
    await expect(begin(joiner('c', other))).rejects.toThrow(reason('a', joiner('a', url).id));
    expect(service.keys.size).toBe(2);
    // One that does not look, as etcd.
    const { id } = joiner('c', other);
    service.put(`/t/${id}`, 'c=http://c:2380');
    await expect(first).rejects.toThrow(reason('c', id));
    await expect(begin(joiner('b', url))).rejects.toBeInstanceOf(JoinError);
    expect(service.keys.size).toBe(3);
  });

  it('but one with as many URLs as a member may have is one', () => {
    const peerURLs = Array.from({ length: 128 }, (_, number) => `https://[fe80::1]:${number + 1}`);
    const value = registrationValue({ name: 'b', peerURLs });
    const { name, peerURLs: parsed } = parseRegistration({ name: '8e9e05c52164694d', value, createdIndex: 1 });
    expect([name, parsed.toSorted()]).toEqual(['b', peerURLs.toSorted()]);
  });
});

it('does not ask without pause a service that confirms registrations and does not list them', async () => {
  const url = service.token('t', '3');
  service.forgets = true;
  const member = joiner('a', url);
  const beginning = begin(member);
  const stopped = expect(beginning).rejects.toThrow('enough');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await until('it says so', 60_000, () => member.lines.length > 0);
  member.stop.abort(new Error('enough'));
  await stopped;
  // Waits are fifty times shorter here than in a member: 5 ms, doubling up to 200 ms.
  expect(service.seen.length).toBeLessThan(60);
  expect(member.lines.join('\n')).toContain('confirmed the registration of this member and does not list it');
});
