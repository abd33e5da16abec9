import { encodeChange } from '../../../src/machine/cluster/clusterRows';
import type { ClusterChange } from '../../../src/machine/cluster/clusterState';
import { encodeBatch } from '../../../src/machine/commandCodec';
import type { Command } from '../../../src/machine/command';
import type { KeyResult } from '../../../src/machine/keyspace/event';
import { Machine } from '../../../src/machine/machine';
import { keyResult } from '../result';
import { storedRow } from '../storedRow';
import { create, NOW_MS, remove, set, update } from '../keyspace/writer';

let machine: Machine;
beforeEach(() => {
  machine = new Machine(100);
  machine.bootstrap([
    { id: 'a1', peerURLs: ['http://h1:2380'] },
    { id: 'b2', peerURLs: ['http://h2:2380', 'http://h2:7001'] },
  ]);
});

function apply(command: Command): KeyResult | undefined {
  const origin = 'memberId' in command ? command.memberId : 'a1';
  return keyResult(machine.apply(encodeBatch({ origin, run: 1, sequence: 1, commands: [command] })).results[0]);
}

function change(clusterChange: ClusterChange): void {
  machine.applyConfiguration(encodeChange({ origin: 'a1', run: 1, sequence: 1, change: clusterChange }));
}

function publish(memberId: string, name: string, version = '2.3.8'): void {
  apply({ type: 'publish', memberId, name, clientURLs: [`http://${name}:2379`], version, level: 1 });
}

function valueOf(path: string): string | undefined {
  const result = machine.keySpace.get(path, false, false, NOW_MS);
  return result.ok ? result.node.value : undefined;
}

function machineNames(): string[] {
  const result = machine.keySpace.get('/_etcd/machines', false, true, NOW_MS);
  return result.ok ? (result.node.nodes ?? []).map(({ key }) => key) : [];
}

it('members appear under /_etcd/machines once they have published themselves, and go when they are removed', () => {
  expect(machineNames()).toEqual([]);
  publish('a1', 'one');
  publish('b2', 'two');
  expect(machineNames()).toEqual(['/_etcd/machines/one', '/_etcd/machines/two']);
  expect(valueOf('/_etcd/machines/two')).toBe('etcd=http%3A%2F%2Ftwo%3A2379&raft=http%3A%2F%2Fh2%3A2380');
  publish('b2', 'renamed');
  change({ type: 'removeMember', id: 'a1' });
  expect(machineNames()).toEqual(['/_etcd/machines/renamed']);
});

it('half a character in a URL, which a member that lies brought into the log, ends nobody', () => {
  const text =
    '{"origin":"a1","run":1,"sequence":1,"change":{"type":"addMember","id":"abc",' +
    '"peerURLs":["http://0\\ud800:1","http://evil:2380"],"learner":true}}';
  expect(machine.applyConfiguration(Buffer.from(text))).not.toHaveProperty('fault');
  publish('abc', 'liar');
  const shown = 'etcd=http%3A%2F%2Fliar%3A2379&raft=http%3A%2F%2F0%EF%BF%BD%3A1';
  expect(valueOf('/_etcd/machines/liar')).toBe(shown);
  const restarted = new Machine(100);
  for (const { table, key, value } of machine.takeRows()) {
    if (value !== undefined) restarted.loadRows(storedRow(table, key, String(value)));
  }
  restarted.loaded();
  machine = restarted;
  publish('abc', 'again');
  expect(valueOf('/_etcd/machines/again')).toBe(shown.replace('liar', 'again'));
});

it('shows the settings of a 0.4 cluster', () => {
  expect(valueOf('/_etcd/config')).toBe('{"activeSize":9,"removeDelay":1800,"syncInterval":5}');
});

it('refuses writes to the keys of the cluster, and only to those', () => {
  publish('a1', 'one');
  for (const command of [
    set('/_etcd/config', { value: 'x' }),
    set('/_etcd/machines/one', { value: 'x' }),
    create('/_etcd/machines/other'),
    update('/_etcd', { expirationMs: NOW_MS }),
    remove('/_etcd', { recursive: true }),
    remove('/_etcd/machines', { recursive: true }),
  ]) {
    expect(apply(command)).toMatchObject({ ok: false, code: 106, cause: command.path });
  }
  expect(apply(set('/_etcd/registry/token/_config/size', { value: '3' }))).toMatchObject({ ok: true });
  expect(apply(set('/_etcdx', { value: 'x' }))).toMatchObject({ ok: true });
});

it('every change of the members takes an index and wakes no watcher', () => {
  const seen: unknown[] = [];
  machine.keySpace.watch({
    path: '/',
    recursive: true,
    stream: true,
    sinceIndex: 0,
    deliver: (event) => seen.push(event),
  });
  const before = machine.keySpace.index;
  publish('a1', 'one');
  change({ type: 'addMember', id: 'c3', peerURLs: ['http://h3:1'], learner: true });
  change({ type: 'promoteMember', id: 'c3' });
  apply({ type: 'updateMember', memberId: 'c3', peerURLs: ['http://h3:2'] });
  change({ type: 'removeMember', id: 'c3' });
  expect(machine.keySpace.index).toBe(before + 5);
  expect(machine.keySpace.takeNotifications()).toEqual([]);
  expect(seen).toEqual([]);
});

it('the cluster’s version is the lowest of its voters, once all are known', () => {
  publish('a1', 'one', '2.3.8');
  expect(machine.cluster.version).toBe('');
  publish('b2', 'two', '2.10.1');
  expect(machine.cluster.version).toBe('2.3.0');
  publish('a1', 'one', '2.11.0');
  expect(machine.cluster.version).toBe('2.10.0');
  change({ type: 'addMember', id: 'c3', peerURLs: ['http://h3:1'], learner: true });
  expect(machine.cluster.version).toBe('2.10.0');
  change({ type: 'removeMember', id: 'b2' });
  expect(machine.cluster.version).toBe('2.11.0');
});

it('a publication of someone who is no member changes nothing', () => {
  const before = machine.keySpace.index;
  publish('dead', 'ghost');
  expect(machine.keySpace.index).toBe(before);
  expect(machineNames()).toEqual([]);
});

it('removed ids stay known, also after a restart', () => {
  change({ type: 'removeMember', id: 'b2' });
  const loaded = new Machine(100);
  const rows = [...machine.takeRows()].sort((x, y) => (x.key < y.key ? -1 : 1));
  for (const { table, key, value } of rows)
    if (value !== undefined) loaded.loadRows(storedRow(table, key, String(value)));
  loaded.loaded();
  expect(loaded.cluster.wasRemoved('b2')).toBe(true);
  expect(loaded.cluster.members()).toEqual(machine.cluster.members());
});
