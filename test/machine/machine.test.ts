import fc from 'fast-check';
import type { Command } from '../../src/machine/command';
import { decodeBatch, encodeBatch } from '../../src/machine/commandCodec';
import { Machine } from '../../src/machine/machine';
import type { Row } from '../../src/machine/rows';
import { create, NOW_MS, remove, removeIf, set, swap, update } from './keyspace/writer';
import { storedRow } from './storedRow';

const MEMBER = { id: 'ce2a822cea30bfca', peerURLs: ['http://localhost:2380'] };

const path = fc.constantFrom('/a', '/b', '/d', '/d/a', '/d/_h', '/d/e/f', '/\xe9 x');
const value = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  maxLength: 6,
});
const expirationMs = fc.option(fc.integer({ min: NOW_MS - 5, max: NOW_MS + 50 }), { nil: undefined });
const flag = fc.boolean();
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ path, value, expirationMs, dir: flag, refresh: flag }).map(({ path: p, ...rest }) => set(p, rest)),
  fc.record({ path, value, expirationMs, dir: flag, inOrder: flag }).map(({ path: p, ...rest }) => create(p, rest)),
  fc.record({ path, value, expirationMs, refresh: flag }).map(({ path: p, ...rest }) => update(p, rest)),
  fc
    .record({ path, value, prevValue: value, prevIndex: fc.bigInt(0n, 2n ** 64n - 1n), expirationMs, refresh: flag })
    .map(({ path: p, ...rest }) => swap(p, rest)),
  fc.record({ path, dir: flag, recursive: flag }).map(({ path: p, ...rest }) => remove(p, rest)),
  fc.record({ path, prevValue: value, prevIndex: fc.bigInt(0n, 20n) }).map(({ path: p, ...rest }) => removeIf(p, rest)),
  fc.record({
    type: fc.constant('sync' as const),
    nowMs: fc.integer({ min: NOW_MS, max: NOW_MS + 60 }),
    expireMax: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ type: fc.constant('checkpoint' as const), checkpoint: fc.integer({ min: 1, max: 2 ** 48 - 1 }) }),
  fc.record({
    type: fc.constant('report' as const),
    memberId: fc.constant(MEMBER.id),
    checkpoint: fc.integer({ min: 1, max: 9 }),
    digest: value,
  }),
  fc.record({
    type: fc.constant('publish' as const),
    memberId: fc.constant(MEMBER.id),
    name: value,
    clientURLs: fc.array(fc.constantFrom('http://h:1', 'https://[::1]:2')),
    version: fc.constantFrom('2.3.8', '2.4.0'),
    level: fc.constantFrom(1, 1, 1),
  }),
);
const batches = fc.array(fc.array(command, { maxLength: 5 }), { maxLength: 30 });

function machineOf(): Machine {
  const machine = new Machine(20);
  machine.bootstrap([MEMBER]);
  return machine;
}

/** What storage would hold: the latest value of each row. */
class Stored {
  readonly rows = new Map<string, Row>();

  take(machine: Machine): void {
    for (const row of machine.takeRows()) {
      const id = `${row.table} ${row.key}`;
      if (row.value === undefined) this.rows.delete(id);
      else this.rows.set(id, row);
    }
  }

  load(): Machine {
    const machine = new Machine(20);
    const sorted = [...this.rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const { table, key, value } of sorted) {
      if (value !== undefined) machine.loadRows(storedRow(table, key, String(value)));
    }
    machine.loaded();
    return machine;
  }

  text(): string {
    return JSON.stringify([...this.rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, row]) => [id, row.value]));
  }
}

const encoded = (commands: readonly Command[], origin = MEMBER.id): Buffer =>
  encodeBatch({ origin, run: 1, sequence: 1, commands });

it('batches decode to what was encoded', () => {
  fc.assert(
    fc.property(fc.array(command), fc.integer({ min: 0, max: 2 ** 48 - 1 }), (commands, sequence) => {
      const batch = { origin: 'fedcba9876543210', run: 2 ** 32 - 1, sequence, commands };
      expect(decodeBatch(encodeBatch(batch))).toEqual(batch);
    }),
  );
});

it('damaged or newer batches are refused, never half applied', () => {
  const bytes = encoded([set('/a', { value: 'v' })]);
  for (let cut = 0; cut < bytes.length; cut++) expect(() => decodeBatch(bytes.subarray(0, cut))).toThrow();
  expect(() => decodeBatch(Buffer.concat([bytes, Buffer.from([0])]))).toThrow(/bytes follow/);
  expect(() => decodeBatch(Buffer.concat([Buffer.from([99]), bytes.subarray(1)]))).toThrow(/format 99/);
});

describe('an entry that no sound member proposes has no effect, and the same answer everywhere', () => {
  const report: Command = { type: 'report', memberId: 'b2', checkpoint: 1, digest: 'd' };
  const publish: Command = { type: 'publish', memberId: 'b2', name: 'n', clientURLs: [], version: '2.3.8', level: 1 };
  const good = set('/good');
  it.each<[string, Uint8Array, RegExp]>([
    ['garbage', Buffer.from([9, 9, 9]), /format 9/],
    ['nothing', Buffer.alloc(0), /bytes expected/],
    ['half a batch', encoded([good, good]).subarray(0, 40), /bytes expected/],
    ['a command of the next version', Buffer.concat([encoded([]).subarray(0, -1), Buffer.from([1, 99])]), /./],
    ['an empty path', encoded([good, set('')]), /not clean/],
    ['a path above the root', encoded([set('/..')]), /not clean/],
    ['a path with an empty component', encoded([set('/a//b')]), /not clean/],
    ['a path with a slash at its end', encoded([remove('/a/')]), /not clean/],
    ['a path that does not begin at the root', encoded([create('a')]), /not clean/],
    ['a path of too many levels', encoded([update('/a'.repeat(257))]), /256 levels/],
    ['an expiry before any', encoded([set('/a', { expirationMs: 5 })]), /no TTL/],
    ['an expiry after any', encoded([set('/a', { expirationMs: NOW_MS + 1e13 })]), /no TTL/],
    ['a sync without a bound', encoded([{ type: 'sync', nowMs: NOW_MS, expireMax: 2 ** 31 }]), /no bound/],
    ['a report in the name of another', encoded([report]), /name of another/],
    ['a publication in the name of another', encoded([publish]), /name of another/],
    ['a URL that is none', encoded([{ type: 'updateMember', memberId: MEMBER.id, peerURLs: ['x'] }]), /URL/],
  ])('%s', (_, data, fault) => {
    const [one, two] = [machineOf(), machineOf()];
    const before = one.keySpace.index;
    const applied = one.apply(data);
    expect(applied.fault).toMatch(fault);
    expect(applied.results).toEqual([]);
    expect(two.apply(data)).toEqual(applied);
    expect(one.keySpace.index).toBe(before);
    expect(one.keySpace.get('/good', false, false, NOW_MS)).toMatchObject({ ok: false });
    // It goes on.
    expect(one.apply(encoded([good]))).toEqual(two.apply(encoded([good])));
    expect(one.takeRows()).toEqual(two.takeRows());
  });

  it.each(['', '{', 'null', '[]', '{"origin":"a1","run":1,"sequence":1}', '{"origin":"xyz"}'])(
    'a change of the members that reads %j',
    (text) => {
      const machine = machineOf();
      const members = machine.cluster.members();
      expect(machine.applyConfiguration(Buffer.from(text))).toHaveProperty('fault');
      expect(machine.cluster.members()).toEqual(members);
    },
  );
});

it('the same entries give the same rows, however often rows are taken', () => {
  fc.assert(
    fc.property(batches, fc.array(flag, { minLength: 30, maxLength: 30 }), (entries, takes) => {
      const [one, two] = [machineOf(), machineOf()];
      const [oneStored, twoStored] = [new Stored(), new Stored()];
      entries.forEach((commands, position) => {
        const first = one.apply(encoded(commands));
        expect(two.apply(encoded(commands))).toEqual(first);
        twoStored.take(two);
        if (takes[position] === true) oneStored.take(one);
      });
      oneStored.take(one);
      twoStored.take(two);
      const nodesOf = (stored: Stored): Map<string, Row> =>
        new Map([...stored.rows].filter(([id]) => !id.startsWith('event')));
      expect([...nodesOf(oneStored).keys()].sort()).toEqual([...nodesOf(twoStored).keys()].sort());
      for (const [id, row] of nodesOf(oneStored)) expect(twoStored.rows.get(id)).toEqual(row);
    }),
  );
});

it('a machine loaded from rows goes on exactly as the one that wrote them', () => {
  fc.assert(
    fc.property(batches, batches, (before, after) => {
      const original = machineOf();
      const stored = new Stored();
      for (const commands of before) {
        original.apply(encoded(commands));
        stored.take(original);
      }
      stored.take(original);
      const loaded = stored.load();
      const loadedStored = new Stored();
      for (const [id, row] of stored.rows) loadedStored.rows.set(id, row);
      expect(loaded.takeRows()).toEqual([]);
      expect(loaded.keySpace.history.scan('/', true, 1, true)).toEqual(
        original.keySpace.history.scan('/', true, 1, true),
      );
      for (const commands of after) {
        expect(loaded.apply(encoded(commands))).toEqual(original.apply(encoded(commands)));
        stored.take(original);
        loadedStored.take(loaded);
      }
      expect(loadedStored.text()).toBe(stored.text());
      expect(loaded.cluster.members()).toEqual(original.cluster.members());
      expect(loaded.cluster.version).toBe(original.cluster.version);
    }),
  );
});

describe('the index of the first user write is 2N+2', () => {
  it.each([1, 3, 5])('on a fresh cluster of %i', (count) => {
    const members = Array.from({ length: count }, (_, position) => ({
      id: `a${position}`,
      peerURLs: [`http://h:${position + 1}`],
    }));
    const machine = new Machine(1000);
    machine.bootstrap(members);
    expect(machine.cluster.version).toBe('');
    for (const { id } of members) {
      machine.apply(
        encoded([{ type: 'publish', memberId: id, name: id, clientURLs: [], version: '2.3.8', level: 1 }], id),
      );
    }
    expect(machine.cluster.version).toBe('2.3.0');
    expect(machine.apply(encoded([set('/x')])).results[0]).toMatchObject({ etcdIndex: 2 * count + 2 });
  });
});

it('the digest depends on the tree alone, not on how it came about or when its rows were taken', () => {
  fc.assert(
    fc.property(batches, fc.array(flag, { minLength: 30, maxLength: 30 }), (entries, takes) => {
      const [one, two] = [machineOf(), machineOf()];
      const stored = new Stored();
      entries.forEach((commands, position) => {
        one.apply(encoded(commands));
        two.apply(encoded(commands));
        if (takes[position] === true) one.takeRows();
        stored.take(two);
      });
      stored.take(two);
      const checkpoint = encoded([{ type: 'checkpoint', checkpoint: 1 }]);
      const loaded = stored.load();
      for (const machine of [one, two, loaded]) machine.apply(checkpoint);
      expect(two.integrity.latest).toEqual(one.integrity.latest);
      expect(loaded.integrity.latest).toEqual(one.integrity.latest);
    }),
  );
});

it.each<[string, Command]>([
  ['a value', set('/d/a', { value: 'w' })],
  ['a new key', set('/d/b', { value: 'v' })],
  ['a TTL', update('/d/a', { value: 'v', expirationMs: NOW_MS })],
  ['a removal', remove('/d/a')],
])('the digest changes with %s', (_what, difference) => {
  const digests = [set('/d/a', { value: 'v' }), difference].map((second) => {
    const machine = machineOf();
    machine.apply(encoded([set('/d/a', { value: 'v' }), second, { type: 'checkpoint', checkpoint: 1 }]));
    return machine.integrity.latest?.digest;
  });
  expect(digests[0]).not.toBe(digests[1]);
});

it('history rows go when the ring has dropped their last event', () => {
  const machine = machineOf();
  const stored = new Stored();
  for (let write = 0; write < 100; write++) {
    machine.apply(encoded([set('/k')]));
    stored.take(machine);
  }
  const events = [...stored.rows.values()].filter(({ table }) => table === 'event');
  expect(events).toHaveLength(20);
});
