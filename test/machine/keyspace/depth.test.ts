import { KeySpace } from '../../../src/machine/keyspace/keySpace';
import { NOW_MS, remove, set } from './writer';

it('a tree deeper than the call stack is written, listed and removed', () => {
  const space = new KeySpace(10);
  const path = '/d'.repeat(20_000);
  expect(space.apply(set(path, { value: 'v' })).ok).toBe(true);
  expect(space.tree.size).toBe(20_000);
  const listed = space.get('/', true, true, NOW_MS);
  if (!listed.ok) throw new Error('the root is always there');
  let depth = 0;
  for (let node = listed.node; node.nodes?.[0] !== undefined; node = node.nodes[0]) depth++;
  expect(depth).toBe(20_000);
  expect(space.apply(remove('/d', { recursive: true })).ok).toBe(true);
  expect(space.tree.size).toBe(0);
});
