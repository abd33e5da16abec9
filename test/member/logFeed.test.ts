import type { LogFollowing, LogPart, LogPosition } from '../../src/member/logSource';
import { MemberError } from '../../src/member/types';
import { decodeEntry } from '../../src/storage/entryCodec';
import { Machine } from '../../src/machine/machine';
import { HISTORY, memberOfOne } from './memberOfOne';

const set = (path: string, value = 'v') =>
  ({ type: 'set', path, value, expirationMs: undefined, dir: false, nowMs: 1 }) as never;

const NEVER = new AbortController().signal;

/** The state in which a member of one begins. */
const BEGIN: LogPosition = { index: 1, term: 1 };

function partsOf(following: LogFollowing): AsyncIterator<LogPart> {
  if (following.kind !== 'following') throw new Error(`the log is ${following.kind}`);
  return following.parts[Symbol.asyncIterator]();
}

/** Everything up to the next mark. */
async function untilMark(parts: AsyncIterator<LogPart>): Promise<{ entries: Uint8Array[]; mark: LogPart }> {
  const entries: Uint8Array[] = [];
  for (;;) {
    const { value } = (await parts.next()) as { value: LogPart };
    if (value.kind === 'mark') return { entries, mark: value };
    entries.push(...value.entries);
  }
}

test('every committed entry is given once and in order, and a mark says that nothing is missing', async () => {
  const { member, crash } = await memberOfOne();
  member.start();
  await member.published();
  const machine = new Machine(HISTORY);
  machine.bootstrap([{ id: member.id, peerURLs: ['http://a:2380'] }]);
  const parts = partsOf(await member.followLog(BEGIN, NEVER));
  let index = BEGIN.index;
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(Array.from({ length: 50 }, (_, key) => member.propose(set(`/k${key}`, `${round}`))));
    await member.propose(set('/_hidden/k'));
    const { entries, mark } = await untilMark(parts);
    for (const stored of entries) {
      const entry = decodeEntry(++index, stored);
      if (entry.kind === 'command') machine.apply(entry.data);
    }
    expect(mark).toMatchObject({ position: { index }, etcdIndex: member.indexes().etcdIndex });
    expect(machine.keySpace.index).toBe(member.indexes().etcdIndex);
    expect(machine.keySpace.tree.find('/_hidden/k')).toBeDefined();
  }
  const leaving = new AbortController();
  const left = partsOf(await member.followLog({ index, term: member.status().raft.term }, leaving.signal));
  await untilMark(left);
  leaving.abort();
  expect(await left.next()).toEqual({ done: true, value: undefined });
  await crash();
});

test('it goes on after any entry that is there, and says what it has not', async () => {
  const { member, crash } = await memberOfOne();
  member.start();
  await member.published();
  for (let key = 0; key < 5; key += 1) await member.propose(set(`/k${key}`));
  const { applied, term } = member.status().raft;
  const parts = partsOf(await member.followLog({ index: applied - 1, term }, NEVER));
  const { entries } = await untilMark(parts);
  expect(entries.length).toBe(1);
  expect(decodeEntry(applied, entries[0]!).index).toBe(applied);
  await parts.return?.();
  expect(await member.followLog({ index: applied + 1, term }, NEVER)).toEqual({ kind: 'unknown' });
  expect(await member.followLog({ index: applied, term: term + 1 }, NEVER)).toEqual({ kind: 'unknown' });
  expect(await member.followLog({ index: 0, term: 0 }, NEVER)).toEqual({ kind: 'forgotten', firstIndex: 2 });
  await crash();
});

test('entries that are forgotten before they were taken end it', async () => {
  const settings = {
    ...{ name: 'a', clientURLs: ['http://127.0.0.1:2379'], version: '2.3.8', heartbeatIntervalMs: 100 },
    ...{ electionTimeoutMs: 1000, integrityIntervalMs: 60_000, strictReconfigCheck: true, snapshotCount: 10 },
  };
  const { member, crash } = await memberOfOne({ settings });
  member.start();
  await member.published();
  const parts = partsOf(await member.followLog(BEGIN, NEVER));
  await parts.next();
  for (let key = 0; key < 400; key += 1) await member.propose(set('/k', String(key)));
  expect(member.status().raft.firstIndex).toBeGreaterThan(200);
  await expect(
    (async () => {
      for (;;) await parts.next();
    })(),
  ).rejects.toThrow('were forgotten before they were taken');
  expect((await member.followLog(BEGIN, NEVER)).kind).toBe('forgotten');
  await crash();
});

test('a member that stops ends it, and gives no more', async () => {
  const { member, crash } = await memberOfOne();
  member.start();
  await member.published();
  const following = await member.followLog(BEGIN, NEVER);
  const parts = partsOf(following);
  await untilMark(parts);
  const ended = expect(parts.next()).rejects.toThrow(MemberError);
  await crash();
  await ended;
  expect(following).toMatchObject({ ending: { aborted: true } });
  await expect(member.followLog(BEGIN, NEVER)).rejects.toThrow('stopping');
});

test('without a leader nothing is given: nobody knows what the others committed', async () => {
  const { member, crash } = await memberOfOne();
  const refused = expect(member.followLog(BEGIN, NEVER)).rejects.toThrow(MemberError);
  await crash();
  await refused;
});
