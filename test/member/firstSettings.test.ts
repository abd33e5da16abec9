import type { SettingsChange } from '../../src/machine/cluster/clusterSettings';
import { FirstSettings } from '../../src/member/firstSettings';

function proposedBy(wanted: SettingsChange | undefined, isLeader: boolean, isSet: boolean): SettingsChange[] {
  const proposed: SettingsChange[] = [];
  const propose = (change: SettingsChange): Promise<void> => {
    proposed.push(change);
    return Promise.reject(new Error('no quorum'));
  };
  const first = new FirstSettings({ wanted, isLeader: () => isLeader, isSet: () => isSet, propose });
  for (const nowMs of [0, 100, 900, 1000, 1100]) first.check(nowMs);
  return proposed;
}

test('the leader gives a cluster without settings those of its command line, and tries again each second', () => {
  const wanted = { activeSize: 5 };
  expect(proposedBy(wanted, true, false)).toEqual([wanted, wanted]);
});

test.each([
  ['a follower', { activeSize: 5 }, false, false],
  ['where they are set', { activeSize: 5 }, true, true],
  ['without flags', undefined, true, false],
] as const)('%s: nothing', (_, wanted, isLeader, isSet) => {
  expect(proposedBy(wanted, isLeader, isSet)).toEqual([]);
});
