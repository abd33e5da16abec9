import type { Beginning } from '../../src/discovery/beginning';
import { beginFromDiscovery } from '../../src/discovery/discoveryUrl';
import { keepRegistered } from '../../src/discovery/firstLeader';
import type { Protocol } from '../../src/discovery/tokenKind';
import { until } from '../cluster/waiting';
import { FakeService } from './fakeService';
import { clusterOf, FakeNotes, joiner, type Joiner } from './joiner';

let service: FakeService;
beforeEach(async () => {
  service = await new FakeService().start();
});
afterEach(() => service.stop());

const begin = (member: Joiner, protocol: Protocol = 'auto'): Promise<Beginning> =>
  beginFromDiscovery(member.options, protocol);

const peersOf = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `http://${name}:2380`]));

function register(...names: readonly string[]): void {
  for (const [name, url] of Object.entries(peersOf(...names))) service.put(`/t/${name}`, url);
}

it('a token that is a directory without a size is one of 0.4, and its first member founds alone', async () => {
  const url = service.token('t', undefined);
  const beginning = await begin(joiner('a', url));
  expect(beginning).toEqual({ kind: 'found', founders: [{ name: 'a', peerURLs: ['http://a:2380'] }], token: url });
  expect(service.seen).toEqual([
    'GET /t/_config/size?quorum=true',
    'GET /t?quorum=true',
    'GET /t/_config/size?quorum=true',
    'PUT /t/a value=http://a:2380&ttl=604800',
    'GET /t/_state?quorum=true',
    'PUT /t/_state?prevExist=false value=started a',
    'GET /t/_state?quorum=true',
  ]);
});

it('makes the directory where the protocol is asked for by name', async () => {
  expect(await begin(joiner('a', service.url('t')), '0.4')).toMatchObject({ kind: 'found' });
  await expect(begin(joiner('a', service.url('u')), '2.3')).rejects.toThrow('size key not found');
});

it('a token with a size is not one of 0.4 because a member asks for that by mistake of its etcd', async () => {
  const url = service.token('t', '1');
  await begin(joiner('a', url));
  expect(service.seen.some((line) => line.includes('_state'))).toBe(false);
});

it('a token that was made between the two looks at it is one with a size', async () => {
  const url = service.url('t');
  service.fault = (what) => {
    // Made once it is answered that there is none: the directory comes into being with it.
    if (what === 'GET /t?quorum=true' && !service.keys.has('/t/_config/size')) service.token('t', '1');
    return undefined;
  };
  expect(await begin(joiner('a', url))).toMatchObject({ kind: 'found' });
  expect(service.seen.slice(0, 3)).toEqual([
    'GET /t/_config/size?quorum=true',
    'GET /t?quorum=true',
    'GET /t/_config/size?quorum=true',
  ]);
  expect(service.seen.filter((line) => line.includes('_state'))).toEqual([]);
});

it('the others wait for one of those that are registered, and join it', async () => {
  const url = service.token('t', undefined);
  await begin(joiner('a', url));
  let running = false;
  const fetchMembers = () => (running ? Promise.resolve(clusterOf(['a'], url)) : Promise.reject(new Error('refused')));
  const notes = new FakeNotes();
  const second = joiner('b', url, notes, { fetchMembers });
  const joining = begin(second);
  await until(
    'it waits',
    15_000,
    () => second.lines.some((line) => line.includes('waiting until one of')) || undefined,
  );
  running = true;
  expect(await joining).toMatchObject({ kind: 'join', memberId: 'added' });
  expect(notes.note).toMatchObject({ protocol: '0.4', url, key: 'b' });
});

it('of many at once one founds', async () => {
  const url = service.token('t', undefined);
  const names = Array.from({ length: 30 }, (_, number) => `m${number}`);
  const fetchMembers = () => Promise.resolve(clusterOf(['winner'], url));
  const all = await Promise.all(names.map((name) => begin(joiner(name, url, new FakeNotes(), { fetchMembers }))));
  expect(all.filter(({ kind }) => kind === 'found')).toHaveLength(1);
});

it.each(['drop', 'dropAfter'] as const)('the winner knows itself after a crash in the claim (%s)', async (fault) => {
  const url = service.token('t', undefined);
  register('b');
  const notes = new FakeNotes();
  const first = joiner('a', url, notes);
  // The process ends while its claim is at the service: a moment later it would ask again, and see that it won.
  service.fault = (what) => {
    if (!what.startsWith('PUT /t/_state')) return undefined;
    first.stop.abort(new Error('stopped'));
    return fault;
  };
  await expect(begin(first)).rejects.toThrow('stopped');
  expect(service.keys.has('/t/_state')).toBe(fault === 'dropAfter');
  service.fault = () => undefined;
  expect(await begin(joiner('a', url, notes))).toMatchObject({ kind: 'found' });
});

it('the winner that lost its data does not found again', async () => {
  const url = service.token('t', undefined);
  await begin(joiner('a', url));
  register('b');
  const cluster = clusterOf(['a', 'b'], url);
  const lost = joiner('a', url, new FakeNotes(), { fetchMembers: () => Promise.resolve(cluster) });
  expect(await begin(lost)).toMatchObject({ kind: 'join', memberId: `instead-of-${lost.id}` });
});

it('says in the words of 0.4 that nobody else is there', async () => {
  const url = service.token('t', undefined);
  service.put('/t/_state', 'started');
  await expect(begin(joiner('a', url))).rejects.toThrow(
    'Discovery found an initialized cluster but no reachable peers are registered.',
  );
});

it('goes on saying that it is there, also after the service was away', async () => {
  const url = service.token('t', undefined);
  let number = 0;
  service.fault = () => (++number === 1 ? 'error' : undefined);
  const member = joiner('a', url);
  const kept = keepRegistered(member.options);
  await until('it is registered', 60_000, () => service.keys.get('/t/a')?.ttl === '604800' || undefined);
  expect(member.lines).toEqual([expect.stringContaining('cannot be renewed')]);
  member.stop.abort();
  await kept;
});
