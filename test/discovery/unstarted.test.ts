/** A member that lost its disk, and one of the others that did not hear yet that it was ever started. */
import type { ListedCluster } from '../../src/discovery/beginning';
import { joinListed } from '../../src/discovery/runningCluster';
import { isUnstarted } from '../../src/discovery/unstarted';
import { clusterOf, environment, joiner, listed } from './joiner';

const TOKEN = 'http://d/t';
const OWN = listed('x', TOKEN, '');
const OTHERS = ['a', 'b', 'c'].map((name) => listed(name, TOKEN));
const LISTED: ListedCluster = { clusterId: 'c1', members: [...OTHERS, OWN] };
const NAMED: ListedCluster = { clusterId: 'c1', members: [...OTHERS, listed('x', TOKEN)] };
const FOREIGN: ListedCluster = { ...LISTED, clusterId: 'c2' };

/** Members that answer what is given for their name, and nothing else. @param after rounds of refusals before anybody answers */
function asking(answers: Readonly<Record<string, ListedCluster>>, after = 0): (url: string) => Promise<ListedCluster> {
  let asked = 0;
  return (url) => {
    const answer = answers[new URL(url).hostname];
    if (answer === undefined || asked++ < after) return Promise.reject(new Error('refused'));
    return Promise.resolve(answer);
  };
}

const ask = (fetchMembers: (url: string) => Promise<ListedCluster>) =>
  isUnstarted(LISTED, OWN, fetchMembers, environment().environment);

it('takes a majority for it that nobody knows a name', async () => {
  expect(await ask(asking({ a: LISTED, b: LISTED }))).toBe(true);
});

it('believes one that knows a name, whatever the others say', async () => {
  expect(await ask(asking({ a: LISTED, b: LISTED, c: NAMED }))).toBe(false);
  expect(await ask(asking({ c: NAMED }))).toBe(false);
});

it('waits while fewer than a majority answer for this cluster, and says so', async () => {
  const said = environment();
  const waiting = isUnstarted(LISTED, OWN, asking({ a: LISTED, b: FOREIGN }), said.environment);
  const outcome = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 100, 'waits'))]);
  expect(outcome).toBe('waits');
  expect(said.lines[0]).toContain(`1 of the 3 other members say whether member ${OWN.id} was ever started`);
  said.stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
});

it('goes on once they answer', async () => {
  expect(await ask(asking({ a: LISTED, b: LISTED }, 4))).toBe(true);
});

it('takes no id of a founder, who may have voted before anybody knew its name', async () => {
  const { options } = joiner('x', TOKEN);
  const founders = clusterOf(['x', 'a', 'b'], TOKEN, ['x']);
  const joining = joinListed({ ...options, isUnstarted: () => Promise.resolve(true) }, founders, founders.members[0]!);
  expect(await joining).toMatchObject({ kind: 'join', memberId: `instead-of-${OWN.id}` });
  await expect(joinListed({ ...options, autoRejoin: false }, founders, founders.members[0]!)).rejects.toThrow(
    'may have voted before its name was known, but its data directory is empty',
  );
});

it('joins under another id where an old list has no name for a member that was started', async () => {
  const { options } = joiner('x', TOKEN);
  const begins = (isNew: boolean) => joinListed({ ...options, isUnstarted: () => Promise.resolve(isNew) }, LISTED, OWN);
  expect(await begins(true)).toMatchObject({ kind: 'join', memberId: OWN.id });
  expect(await begins(false)).toMatchObject({ kind: 'join', memberId: `instead-of-${OWN.id}` });
});
