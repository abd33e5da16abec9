import fc from 'fast-check';
import { DEFAULT_SETTINGS, type ClusterSettings } from '../../src/machine/cluster/clusterSettings';
import type { ClusterChange } from '../../src/machine/cluster/clusterState';
import { ActiveSize, changeFor, type KnownMember } from '../../src/member/activeSize';

const SETTINGS: ClusterSettings = { activeSize: 3, removeDelayMs: 10_000, syncIntervalMs: 1000, isSet: true };
const LEADER = member('a');

function member(id: string, silentMs = 0, learner = false): KnownMember {
  return { id, learner, isHeard: silentMs === 0, silentMs };
}

function decided(members: readonly KnownMember[], fields: { standbys?: number; settings?: ClusterSettings } = {}) {
  return changeFor({ settings: SETTINGS, leaderId: 'a', members, standbys: 0, ...fields })?.change;
}

describe('what the leader changes', () => {
  test('one that is silent for longer than removeDelay goes, where a standby waits', () => {
    const members = [LEADER, member('b'), member('c', 10_001)];
    expect(decided(members, { standbys: 1 })).toEqual({ type: 'removeMember', id: 'c', onlyIfLost: true });
    expect(decided(members)).toBeUndefined();
    expect(decided([LEADER, member('b'), member('c', 10_000)], { standbys: 1 })).toBeUndefined();
  });

  test('one of too many goes, a silent one before the others, and never the leader', () => {
    expect(decided([LEADER, member('b'), member('c', 5), member('d')])).toEqual({ type: 'removeMember', id: 'c' });
    expect(decided([member('d'), member('c'), member('b'), LEADER])).toEqual({ type: 'removeMember', id: 'b' });
  });

  test('nobody goes while somebody joins', () => {
    expect(decided([LEADER, member('b'), member('c', 20_000), member('d', 0, true)], { standbys: 1 })).toBeUndefined();
  });

  test('nobody goes if of those that are left no majority is heard from', () => {
    expect(decided([LEADER, member('b', 20_000)], { standbys: 1 })).toEqual({
      type: 'removeMember',
      id: 'b',
      onlyIfLost: true,
    });
    const five = [LEADER, member('b'), member('c', 20_000), member('d', 20_001), member('e', 20_002)];
    expect(decided(five, { standbys: 1, settings: { ...SETTINGS, activeSize: 5 } })).toBeUndefined();
  });

  test('who joins and never comes makes way too, so that he blocks neither a replacement nor the place for good', () => {
    const joining = (silentMs: number): KnownMember => member('d', silentMs, true);
    const members = [LEADER, member('b'), member('c', 20_000)];
    expect(decided([...members, joining(60_000)], { standbys: 1 })).toBeUndefined();
    expect(decided([...members, joining(60_001)], { standbys: 1 })).toEqual({
      type: 'removeMember',
      id: 'd',
      onlyIfLost: true,
    });
    expect(decided([...members, joining(60_001)])).toBeUndefined();
    const patient = { ...SETTINGS, removeDelayMs: 100_000 };
    expect(decided([...members, joining(60_001)], { standbys: 1, settings: patient })).toBeUndefined();
  });

  const views = fc.record({
    silences: fc.array(fc.constantFrom(0, 1, 1e6, 1e12), { minLength: 1, maxLength: 9 }),
    standbys: fc.nat(3),
    activeSize: fc.integer({ min: 3, max: 9 }),
  });

  test('where nobody has set the settings nothing ever does, whoever is silent for however long', () => {
    fc.assert(
      fc.property(views, ({ silences, standbys }) => {
        const members = silences.map((silentMs, number) => member('abcdefghi'[number]!, number === 0 ? 0 : silentMs));
        expect(decided(members, { standbys, settings: DEFAULT_SETTINGS })).toBeUndefined();
      }),
    );
  });

  test('whatever goes leaves a majority that is heard from, and the leader', () => {
    fc.assert(
      fc.property(views, ({ silences, standbys, activeSize }) => {
        const members = silences.map((silentMs, number) => member('abcdefghi'[number]!, number === 0 ? 0 : silentMs));
        const change = decided(members, { standbys, settings: { ...SETTINGS, activeSize } });
        if (change === undefined) return;
        const left = members.filter(({ id }) => id !== change.id);
        expect(change.id).not.toBe('a');
        expect(left.filter(({ isHeard }) => isHeard).length).toBeGreaterThan(left.length / 2);
      }),
    );
  });
});

describe('the chore', () => {
  let leader: string | undefined;
  let heard: Set<string>;
  let settings: ClusterSettings;
  let changes: ClusterChange[];
  let finish: () => void;
  let chore: ActiveSize;
  let there: Set<string>;
  let asked: string[];
  let lines: string[];

  beforeEach(() => {
    [leader, heard, settings, changes] = ['a', new Set(['a', 'b', 'c']), SETTINGS, []];
    [there, asked, lines] = [new Set(['http://d:7001']), [], []];
    chore = new ActiveSize({
      id: 'a',
      leader: () => leader,
      settings: () => settings,
      members: () => ['a', 'b', 'c'].map((id) => ({ id, learner: false })),
      heard: () => heard,
      change: (change) => {
        changes.push(change);
        return new Promise((resolve) => (finish = resolve));
      },
      isStandby: (url) => {
        asked.push(url);
        return Promise.resolve(there.has(url));
      },
      log: (_fields, message) => void lines.push(message),
    });
  });

  /** A second at a time, with a standby that looks at each. */
  async function pass(fromS: number, toS: number, who = 'http://d:7001'): Promise<void> {
    for (let second = fromS; second <= toS; second++) {
      chore.check(second * 1000);
      chore.looks(who, '10.0.0.4');
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  test('replaces a silent member, one change at a time', async () => {
    await pass(0, 1);
    heard.delete('c');
    await pass(2, 11);
    expect(changes).toEqual([]);
    await pass(12, 20);
    expect(changes).toEqual([{ type: 'removeMember', id: 'c', onlyIfLost: true }]);
    finish();
    await Promise.resolve();
    await pass(21, 22);
    expect(changes).toHaveLength(2);
  });

  test('counts silence from when it became the leader', async () => {
    heard.delete('c');
    leader = 'b';
    await pass(0, 30);
    leader = 'a';
    await pass(31, 41);
    expect(changes).toEqual([]);
    await pass(42, 43);
    expect(changes).toHaveLength(1);
  });

  test('and from when the settings were set', async () => {
    heard.delete('c');
    settings = DEFAULT_SETTINGS;
    await pass(0, 4000);
    expect(changes).toEqual([]);
    settings = SETTINGS;
    await pass(4001, 4011);
    expect(changes).toEqual([]);
  });

  test('a standby that has not looked for three intervals is none, however long an interval is', async () => {
    await pass(0, 1);
    heard.delete('c');
    for (let second = 5; second < 60; second++) chore.check(second * 1000);
    expect(changes).toEqual([]);
    settings = { ...SETTINGS, syncIntervalMs: 1e9 };
    await pass(60, 60);
    // A standby looks every ten minutes at least.
    heard.add('c');
    chore.check(1_861_000);
    heard.delete('c');
    for (let second = 1862; second < 1900; second++) chore.check(second * 1000);
    await Promise.resolve();
    expect([changes, asked]).toEqual([[], ['http://d:7001']]);
  });

  test('nobody makes way for who only says that he waits: he is asked back, and forgotten if he does not', async () => {
    await pass(0, 1, 'http://stranger:1');
    heard.delete('c');
    await pass(2, 12, 'http://stranger:1');
    expect([changes, new Set(asked), lines]).toEqual([[], new Set(['http://stranger:1']), []]);
    chore.check(13_000);
    const before = asked.length;
    for (let second = 14; second < 16; second++) chore.check(second * 1000);
    expect(asked).toHaveLength(before);
    await pass(16, 18);
    expect(changes).toEqual([{ type: 'removeMember', id: 'c', onlyIfLost: true }]);
  });

  test('one that is heard again while the standby is asked stays, and so does it under another leader', async () => {
    await pass(0, 1);
    heard.delete('c');
    await pass(2, 11);
    chore.check(12_000);
    heard.add('c');
    await pass(12, 13);
    heard.delete('c');
    await pass(14, 23);
    chore.check(24_000);
    leader = 'b';
    await pass(24, 25);
    // Once when it came, and twice because somebody was silent.
    expect([changes, asked.length]).toEqual([[], 3]);
  });

  test('who waits is known to a member that does not lead yet', async () => {
    leader = 'b';
    await pass(0, 2);
    leader = 'a';
    heard.delete('c');
    // It looks no more: within three intervals it counts.
    settings = { ...SETTINGS, removeDelayMs: 1000, syncIntervalMs: 5000 };
    for (let second = 3; second < 7; second++) {
      chore.check(second * 1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(changes).toHaveLength(1);
  });

  test('a change that is refused again and again is one line a minute', async () => {
    settings = { ...SETTINGS, activeSize: 2 };
    for (let second = 0; second < 120; second++) {
      await pass(second, second);
      finish();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([changes.length, lines.length]).toEqual([120, 2]);
  });

  test('one that was told that there is room is no standby: nobody makes room for it', async () => {
    settings = { ...SETTINGS, activeSize: 4 };
    heard.delete('c');
    await pass(0, 60);
    expect(changes).toEqual([]);
  });

  test('there is room below activeSize, and always where nobody has set one', () => {
    expect(chore.looks('http://d:7001', '10.0.0.4')).toBe(false);
    settings = { ...SETTINGS, activeSize: 4 };
    expect(chore.looks('http://d:7001', '10.0.0.4')).toBe(true);
    settings = { ...DEFAULT_SETTINGS, activeSize: 3 };
    expect(chore.looks('http://d:7001', '10.0.0.4')).toBe(true);
  });
});
