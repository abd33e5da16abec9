import type { KeyNode } from '../../../src/client/keyEvent';
import type { Keys } from '../../../src/client/keys';
import { KeyStore } from '../../../src/ctl/keyFile/keyStore';

/** More than one call takes as arguments. */
const MANY = 200_000;

function nodeOf(key: string, nodes?: readonly KeyNode[]): KeyNode {
  const times = { createdIndex: 1, modifiedIndex: 1, ttlSeconds: undefined, expiration: undefined };
  return { key, dir: nodes !== undefined, value: nodes === undefined ? 'x' : undefined, nodes: nodes ?? [], ...times };
}

function full(key: string): KeyNode {
  return nodeOf(
    key,
    Array.from({ length: MANY }, (_, at) => nodeOf(`${key}/${at}`)),
  );
}

/** What is read of it: one directory, and hidden ones by their names. */
function keysWith(root: KeyNode, hidden: readonly KeyNode[]): Keys {
  const answer = (node: KeyNode | undefined) => Promise.resolve({ node });
  return {
    list: () => answer(root),
    get: (key: string) => answer(hidden.find((node) => node.key === key)),
  } as unknown as Keys;
}

test('very many keys are read, hidden ones too, each directory before what is in it', async () => {
  const store = new KeyStore(keysWith(nodeOf('/p', [full('/p/open')]), [full('/p/_secret')]), '/p');
  const found = await store.read(['/_secret']);
  expect(found).toHaveLength(2 * (MANY + 1));
  const keys = found.map(({ present }) => present.key);
  expect(keys.slice(0, 2)).toEqual(['/open', '/open/0']);
  expect(keys.slice(MANY + 1, MANY + 3)).toEqual(['/_secret', '/_secret/0']);
});
