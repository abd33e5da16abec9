import fc from 'fast-check';
import type { KeyNode } from '../../../src/client/keyEvent';
import { differences, nodesBelow } from '../../../src/ctl/migrate/comparison';

const BARE = { createdIndex: 1, modifiedIndex: 1, ttlSeconds: undefined, expiration: undefined } as const;

function file(key: string, value: string): KeyNode {
  return { ...BARE, key, value, dir: false, nodes: [] };
}

function directory(key: string, nodes: readonly KeyNode[]): KeyNode {
  return { ...BARE, key, value: undefined, dir: true, nodes };
}

/** A tree over few names, so that much is alike. */
function trees(prefix: string, depth: number): fc.Arbitrary<readonly KeyNode[]> {
  const child = (name: string): fc.Arbitrary<KeyNode | undefined> => {
    const key = `${prefix}/${name}`;
    const files = fc.constantFrom('1', '2').map((value): KeyNode => file(key, value));
    const directories = depth === 0 ? files : trees(key, depth - 1).map((nodes) => directory(key, nodes));
    return fc.option(fc.oneof(files, directories), { nil: undefined });
  };
  return fc.tuple(child('a'), child('b')).map((nodes) => nodes.filter((node) => node !== undefined));
}

test('what differs, done in its order, makes the target what the source is, and nothing else is touched', () => {
  const stores = trees('', 2).map((nodes) => directory('/', nodes));
  fc.assert(
    fc.property(stores, stores, (source, target) => {
      const store = new Map([...nodesBelow(target)].map(([key, { value }]) => [key, value] as const));
      const before = new Map(store);
      for (const { action, node } of differences(source, target, () => false)) {
        if (action === 'delete') {
          expect(store.has(node.key)).toBe(true);
          for (const key of [...store.keys()])
            if (key === node.key || key.startsWith(`${node.key}/`)) store.delete(key);
        } else {
          const above = node.key.slice(0, node.key.lastIndexOf('/'));
          if (above !== '') expect([above, store.has(above), store.get(above)]).toEqual([above, true, undefined]);
          store.set(node.key, node.value);
        }
      }
      const wanted = new Map([...nodesBelow(source)].map(([key, { value }]) => [key, value] as const));
      expect(new Map([...store].sort())).toEqual(new Map([...wanted].sort()));
      if (JSON.stringify([...before].sort()) === JSON.stringify([...wanted].sort()))
        expect(differences(source, target, () => false)).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test('whether a key has a TTL counts too', () => {
  const rented = { ...file('/a', '1'), expiration: '2030-01-01T00:00:00Z', ttlSeconds: 5 };
  const [stays, goes] = [directory('/', [file('/a', '1')]), directory('/', [rented])];
  const keysOf =
    (...stores: [KeyNode, KeyNode]) =>
    (hasTtl: boolean) =>
      differences(...stores, () => hasTtl).map(({ action, node }) => `${action} ${node.key}`);
  expect([keysOf(goes, stays)(true), keysOf(goes, stays)(false)]).toEqual([['set /a'], []]);
  expect([keysOf(goes, goes)(true), keysOf(goes, goes)(false)]).toEqual([[], ['set /a']]);
});

test('a large store that goes is told in the time of its size', () => {
  const nodes = Array.from({ length: 30_000 }, (_, at) => directory(`/d${at}`, [file(`/d${at}/k`, '1')]));
  const before = process.cpuUsage();
  expect(differences(directory('/', []), directory('/', nodes), () => false)).toHaveLength(30_000);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
});
