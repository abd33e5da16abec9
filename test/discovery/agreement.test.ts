/** Whom one believes that waits: more than half of the members that it knows. */
import { agreementOf, askKnown, knownOf } from '../../src/discovery/agreement';
import type { ListedCluster, ListedMember } from '../../src/discovery/beginning';

const listed = (...ids: readonly string[]): ListedMember[] =>
  ids.map((id) => ({ id, name: id, peerURLs: [`http://${id}:1`, `http://${id}:2`], clientURLs: [`http://${id}:3`] }));

const says = (...ids: readonly string[]): ListedCluster => ({ clusterId: 'c', members: listed(...ids) });
const KNOWN = knownOf(says('a', 'b', 'd'));
const kindOf = (...answers: readonly (ListedCluster | undefined)[]) => agreementOf(KNOWN, answers).kind;

test('a majority of those that are known says who the members are now, in whatever order', () => {
  const reversed = { clusterId: 'c', members: [...listed('a', 'e')].reverse() };
  expect(agreementOf(KNOWN, [says('a', 'e'), reversed, undefined])).toEqual({ kind: 'agreed', cluster: reversed });
});

test('one that lies says nothing, also where it is the only one that answers', () => {
  const lie = says('evil1', 'evil2', 'evil3');
  expect(kindOf(lie, undefined, undefined)).toBe('none');
  expect(kindOf(lie, says('a', 'b', 'd'), undefined)).toBe('none');
  expect(agreementOf(KNOWN, [lie, says('a', 'b', 'd'), says('a', 'b', 'd')])).toMatchObject({
    cluster: says('a', 'b', 'd'),
  });
});

test('the same member at another place is another list', () => {
  const moved = { clusterId: 'c', members: listed('a', 'b', 'd').map((each) => ({ ...each, clientURLs: [] })) };
  expect(kindOf(moved, says('a', 'b', 'd'), undefined)).toBe('none');
});

test('however many answer for another cluster, it is not this one', () => {
  const other = { clusterId: 'x', members: listed('a', 'b', 'd') };
  expect(agreementOf(KNOWN, [other, other, says('a')])).toEqual({
    kind: 'none',
    answered: 1,
    known: 3,
    otherClusters: ['x'],
  });
});

test('a member that knows nobody yet says nothing, and one that never started is not asked', () => {
  const empty = { clusterId: 'c', members: [] };
  expect(kindOf(empty, empty, empty)).toBe('none');
  const unstarted: ListedMember = { id: 'f', name: '', peerURLs: ['http://f:1'], clientURLs: [] };
  expect(knownOf({ clusterId: 'c', members: [...listed('a'), unstarted] }).members).toHaveLength(1);
});

test('each member has one word, whichever of its URLs answers, and the cluster’s own comes before another one’s', async () => {
  const answers: Readonly<Record<string, ListedCluster>> = {
    'http://a:1': { clusterId: 'x', members: listed('a') },
    'http://a:2': says('a', 'b', 'd'),
    'http://b:1': says('evil'),
    'http://b:2': says('evil'),
    'http://d:2': says('a', 'b', 'd'),
  };
  const ask = (url: string): Promise<ListedCluster> => {
    const answer = answers[url];
    return answer === undefined ? Promise.reject(new Error('refused')) : Promise.resolve(answer);
  };
  expect(await askKnown(KNOWN, ask)).toEqual({ kind: 'agreed', cluster: says('a', 'b', 'd') });
});
