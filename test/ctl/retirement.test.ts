import type { Member } from '../../src/client/members';
import { keepsQuorum, surplusMembers } from '../../src/ctl/retirement';

function member(name: string, host = name): Member {
  return {
    id: `id-${host}`,
    name,
    peerURLs: [`http://${host}.kv-headless.ns.svc:2380`],
    clientURLs: [],
    isLearner: false,
  };
}

function surplus(members: readonly Member[], keep: number): string[] {
  return surplusMembers(members, 'kv-', keep).map(({ member: { id }, ordinal }) => `${ordinal} ${id}`);
}

describe('which members go', () => {
  it('are those of the pods from `keep` on, the highest first', () => {
    const members = ['kv-0', 'kv-10', 'kv-2', 'kv-9', 'kv-1'].map((name) => member(name));
    expect(surplus(members, 2)).toEqual(['10 id-kv-10', '9 id-kv-9', '2 id-kv-2']);
    expect(surplus(members, 11)).toEqual([]);
  });

  it('are not members of anybody else', () => {
    const members = ['other-5', 'kv-x', 'kv-5-a', 'kv-05', 'my-kv-5', 'kv-'].map((name) => member(name));
    expect(surplus(members, 0)).toEqual([]);
  });

  it('may be members that never started, known by their peer URL', () => {
    expect(surplus([member('kv-0'), member('', 'kv-4'), member('', 'other-4')], 3)).toEqual(['4 id-kv-4']);
  });
});

describe('the quorum of those that remain', () => {
  it.each([
    [1, 1, true],
    [1, 0, false],
    [2, 1, false],
    [3, 2, true],
    [4, 2, false],
    [4, 3, true],
    [0, 0, false],
  ])('%i members, %i of them ready: %s', (remaining, ready, expected) => {
    expect(keepsQuorum(remaining, ready)).toBe(expected);
  });
});
