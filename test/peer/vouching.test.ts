/** Callers that are not known: asked for together, and never so many that the next one is not asked for. */
import { Vouching } from '../../src/peer/vouching';
import type { PeerContext } from '../../src/peer/context';
import { stopAll, CLUSTER, startNode, until } from './harness';
import { dialTcp } from '../../src/platform/dial';

afterEach(stopAll);

/** A clock that is moved by hand, and whose timers run at once when it is asked. */
function underTest(listed: () => readonly { id: string; url: string }[]) {
  const timers: (() => void)[] = [];
  const vouched: string[] = [];
  let rounds = 0;
  const node = startNode('b2', {
    listing: () => {
      rounds += 1;
      return listed();
    },
  });
  const context = {
    identity: { clusterId: CLUSTER },
    monotonicMs: () => 0,
    clock: {
      after: (_ms: number, act: () => void) => {
        timers.push(act);
        return () => undefined;
      },
    },
    dial: dialTcp,
  } as unknown as PeerContext;
  return node.then(({ url }) => ({
    vouching: new Vouching(
      context,
      () => [{ id: 'b2', urls: [url] }],
      [],
      ({ id }) => vouched.push(id),
    ),
    vouched,
    rounds: () => rounds,
    nextRound: () => timers.shift()?.(),
  }));
}

test('a crowd that calls while the members are asked does not end the asking', async () => {
  const { vouching, vouched, nextRound, rounds } = await underTest(() => [{ id: 'c3', url: 'http://127.0.0.1:1' }]);
  for (let id = 1; id <= 3000; id += 1) vouching.called(`f${id.toString(16)}`);
  await until(() => rounds() === 1);
  // The round that comes by itself is about those who called meanwhile.
  await until(() => {
    nextRound();
    return rounds() === 2;
  });
  vouching.called('c3');
  await until(() => {
    nextRound();
    return vouched.includes('c3');
  });
  expect(vouched).toEqual(['c3']);
});

test('a member that calls at the end of a crowd is found in the same round', async () => {
  const { vouching, vouched, nextRound } = await underTest(() => [{ id: 'c3', url: 'http://127.0.0.1:1' }]);
  vouching.called('f0');
  for (let id = 1; id <= 3000; id += 1) vouching.called(`f${id.toString(16)}`);
  vouching.called('c3');
  await until(() => {
    nextRound();
    return vouched.length > 0;
  });
  expect(vouched).toEqual(['c3']);
});
