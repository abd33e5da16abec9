import fc from 'fast-check';
import { directoriesAbove, isDirectory, type KeyEntry } from '../../../src/ctl/keyFile/keyDocument';
import { planChanges, type Change, type PlanRules, type PresentKey } from '../../../src/ctl/keyFile/plan';

const RULES: PlanRules = { prune: false, existing: 'replace', ttlS: () => undefined };

function value(key: string, text: string, hasTtl = false): PresentKey {
  return { key, value: text, modifiedIndex: 7, hasTtl };
}

function directory(key: string, hasTtl = false): PresentKey {
  return { key, directory: true, modifiedIndex: 7, hasTtl };
}

/** A tree that obeys the rules of v2: what is carried out on it either works or throws. */
class Tree {
  private readonly nodes: Map<string, PresentKey>;

  constructor(present: readonly PresentKey[]) {
    this.nodes = new Map(present.map((each) => [each.key, each]));
  }

  carryOut(change: Change): void {
    const found = this.nodes.get(change.key);
    const [hasTtl, key] = ['ttlS' in change && change.ttlS !== undefined, change.key];
    switch (change.kind) {
      case 'makeDirectory':
      case 'create':
        if (found !== undefined) throw new Error(`${key} is there`);
        for (const above of directoriesAbove(key)) {
          const node = this.nodes.get(above) ?? directory(above);
          if ('value' in node) throw new Error(`${above} has a value`);
          this.nodes.set(above, node);
        }
        this.nodes.set(key, change.kind === 'create' ? value(key, change.value, hasTtl) : directory(key, hasTtl));
        return;
      case 'replace':
        if (found === undefined || 'directory' in found || found.modifiedIndex !== change.modifiedIndex)
          throw new Error(`${key} is another one`);
        expect(change.before).toBe(found.value);
        this.nodes.set(key, value(key, change.value, hasTtl));
        return;
      case 'delete':
        if (found === undefined || 'directory' in found || found.modifiedIndex !== change.modifiedIndex)
          throw new Error(`${key} is another one`);
        this.nodes.delete(key);
        return;
      case 'removeDirectory':
        if (found === undefined || 'value' in found) throw new Error(`${key} is no directory`);
        for (const other of this.nodes.keys()) if (other.startsWith(`${key}/`)) throw new Error(`${key} is not empty`);
        this.nodes.delete(key);
        return;
    }
  }

  values(): Record<string, string> {
    return Object.fromEntries([...this.nodes].flatMap(([key, node]) => ('value' in node ? [[key, node.value]] : [])));
  }

  /** As it would be read again. */
  present(): readonly PresentKey[] {
    return [...this.nodes.values()];
  }

  has(key: string): boolean {
    return this.nodes.has(key);
  }
}

const keys = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map((parts) => `/${parts.join('/')}`);

/** Of entries that contradict each other the first stays. */
function consistent<Entry extends { readonly key: string }>(
  list: readonly Entry[],
  isValue: (entry: Entry) => boolean,
): Entry[] {
  const kept = new Map<string, Entry>();
  for (const entry of list) {
    const above = directoriesAbove(entry.key).some((key) => {
      const found = kept.get(key);
      return found !== undefined && isValue(found);
    });
    const below = isValue(entry) && [...kept.keys()].some((key) => key.startsWith(`${entry.key}/`));
    if (!kept.has(entry.key) && !above && !below) kept.set(entry.key, entry);
  }
  return [...kept.values()];
}

const text = fc.constantFrom('1', '2');
const wantedEntries: fc.Arbitrary<readonly KeyEntry[]> = fc
  .array(
    fc.oneof(fc.record({ key: keys, value: text }), fc.record({ key: keys, directory: fc.constant(true as const) })),
    { maxLength: 6 },
  )
  .map((list) => consistent<KeyEntry>(list, (entry) => !isDirectory(entry)));

/** With every directory that is above something. */
const presentKeys = fc
  .array(
    fc.oneof(fc.record({ key: keys, text, hasTtl: fc.boolean() }), fc.record({ key: keys, hasTtl: fc.boolean() })),
    {
      maxLength: 6,
    },
  )
  .map((list) => {
    const present = consistent<PresentKey>(
      list.map((each) => ('text' in each ? value(each.key, each.text, each.hasTtl) : directory(each.key, each.hasTtl))),
      (each) => 'value' in each,
    );
    const missing = new Set(present.flatMap(({ key }) => directoriesAbove(key)));
    for (const { key } of present) missing.delete(key);
    return [...[...missing].map((key) => directory(key)), ...present];
  });

test('what is planned can be done in its order, and afterwards every wanted key is there', () => {
  fc.assert(
    fc.property(wantedEntries, presentKeys, fc.boolean(), (wanted, present, prune) => {
      const { changes, obstacles } = planChanges(wanted, present, { ...RULES, prune });
      const leased = present.filter(({ hasTtl }) => hasTtl).map(({ key }) => key);
      const own = (key: string): boolean => leased.some((each) => key === each || key.startsWith(`${each}/`));
      for (const { kind, key } of changes)
        if (kind === 'delete' || kind === 'removeDirectory') expect(own(key)).toBe(false);
      if (obstacles.length > 0) return;
      const tree = new Tree(present);
      for (const change of changes) tree.carryOut(change);
      const wantedValues = Object.fromEntries(
        wanted.flatMap((entry) => (isDirectory(entry) ? [] : [[entry.key, entry.value]])),
      );
      expect(tree.values()).toMatchObject(wantedValues);
      for (const entry of wanted) expect(tree.has(entry.key)).toBe(true);
      if (!prune) return;
      // What is left beside them has a TTL, or a directory with one.
      for (const key of Object.keys(tree.values())) expect(key in wantedValues || own(key)).toBe(true);
      expect(planChanges(wanted, tree.present(), { ...RULES, prune }).changes).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test('without pruning nothing is deleted, and what stands in the way is told', () => {
  const present = [directory('/d'), value('/d/x', '1'), value('/v', '1')];
  const { changes, obstacles } = planChanges(
    [
      { key: '/d', value: '2' },
      { key: '/v/below', value: '2' },
    ],
    present,
    RULES,
  );
  expect(changes.filter(({ kind }) => kind === 'delete' || kind === 'removeDirectory')).toEqual([]);
  expect(obstacles).toEqual([
    { key: '/v', reason: 'it has a value, and a directory is wanted' },
    { key: '/d', reason: 'it is a directory, and a value is wanted' },
  ]);
});

test('what has the value that is wanted is left alone, unless it would go away by itself', () => {
  const wanted = [{ key: '/a', value: '1' }];
  expect(planChanges(wanted, [value('/a', '1')], RULES).changes).toEqual([]);
  expect(planChanges(wanted, [value('/a', '1', true)], RULES).changes).toEqual([
    { kind: 'replace', key: '/a', value: '1', before: '1', modifiedIndex: 7 },
  ]);
});

test.each([
  ['keep', [], []],
  ['refuse', [], [{ key: '/a', reason: 'it is there already, with another value' }]],
  ['replace', [{ kind: 'replace', key: '/a', value: '2', before: '1', modifiedIndex: 7 }], []],
] as const)('a key that has another value: %s', (existing, changes, obstacles) => {
  const plan = planChanges([{ key: '/a', value: '2' }], [value('/a', '1')], { ...RULES, existing });
  expect(plan).toEqual({ changes, obstacles });
});

test.each([
  ['replace', 100, [{ kind: 'replace', key: '/a', value: '1', before: '1', modifiedIndex: 7, ttlS: 100 }]],
  // The margin: a moment has passed since it was read.
  ['replace', 603, []],
  ['keep', 100, []],
  ['refuse', 100, []],
] as const)('a key with the same value that goes at another time: %s, %d s', (existing, ttlS, changes) => {
  const present = [{ ...value('/a', '1', true), ttlS: 600 }];
  const plan = planChanges([{ key: '/a', value: '1' }], present, { ...RULES, existing, ttlS: () => ttlS });
  expect(plan).toEqual({ changes, obstacles: [] });
});

test('pruning spares keys with a TTL, and the directories they are in', () => {
  const present = [
    directory('/d'),
    value('/d/live', '1', true),
    value('/d/old', '1'),
    directory('/e'),
    value('/e/old', '1'),
  ];
  const { changes } = planChanges([], present, { ...RULES, prune: true });
  expect(changes.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
    'delete /d/old',
    'delete /e/old',
    'removeDirectory /e',
  ]);
});

test('pruning spares what lies in a directory with a TTL: whoever renews that registered it', () => {
  const present = [
    directory('/svc', true),
    value('/svc/host', '1'),
    directory('/svc/ports'),
    value('/svc/ports/a', '2'),
  ];
  expect(planChanges([], present, { ...RULES, prune: true })).toEqual({ changes: [], obstacles: [] });
});

test.each([
  ['with a TTL', [value('/a', '1', true)], '/a'],
  ['below a directory with one', [directory('/d', true), value('/d/a', '1')], '/d/a'],
])('a value %s does not make way for a directory, also where the rest is pruned', (_, present, key) => {
  const { changes, obstacles } = planChanges([{ key: `${key}/b`, value: '2' }], present, { ...RULES, prune: true });
  expect(changes.filter(({ kind }) => kind === 'delete')).toEqual([]);
  expect(obstacles).toEqual([{ key, reason: 'it has a value with a TTL, and a directory is wanted' }]);
});

test('a TTL comes with what is made and replaced', () => {
  const wanted: readonly KeyEntry[] = [
    { key: '/a', value: '1' },
    { key: '/d', directory: true },
    { key: '/b', value: '2' },
  ];
  const { changes } = planChanges(wanted, [value('/b', '2')], { ...RULES, ttlS: () => 5 });
  expect(changes.map((change) => ('ttlS' in change ? change.ttlS : undefined))).toEqual([5, 5, 5]);
});
