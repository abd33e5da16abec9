import type { SeenEvent } from '../../linearizability/history';
import * as make from '../../linearizability/samples';
import { at } from '../../linearizability/samples';
import { OddAnswer, requestFor, resultOf } from './answers';
import { judge } from './judge';
import { judgeLocks, LOCK_PATH } from './locks';
import { Record } from './record';
import { violationsText } from './report';

const KEY = '/chaos/k';
const told = (...events: SeenEvent[]) => [{ watcher: 'w', path: '/chaos', fromIndex: 1, events }];
const event = (index: number, value: string | undefined): SeenEvent => ({ index, key: KEY, value });

function kindsOf(record: Record): string[] {
  return record.violations.map(({ kind }) => kind);
}

function recordOf(...operations: ReturnType<typeof make.set>[]): Record {
  const record = new Record();
  for (const operation of operations) record.add(operation);
  return record;
}

test('a history without fault has no violations', () => {
  const record = recordOf(make.set([0, 1], 'a', 4, null, KEY), make.set([2, 3], 'b', 5, at('a', 4), KEY));
  judge(record, told(event(4, 'a'), event(5, 'b')), 5);
  expect(record.violations).toEqual([]);
  expect(record.counts.get('registers linearizable')).toBe(1);
});

test('a watch that leaves out what another was told has a gap', () => {
  const record = recordOf(make.set([0, 1], 'a', 4, null, KEY));
  const [full] = told(event(4, 'a'), event(5, undefined), event(6, undefined));
  const [holed] = told(event(4, 'a'), event(6, undefined));
  judge(record, [full!, { ...holed!, watcher: 'holed' }], 6);
  expect(kindsOf(record)).toEqual(['gap in a watch']);
  expect(violationsText(record)).toContain('holed missed 1: /chaos/k at 5');
});

test('a watch that leaves out an acknowledged write has a gap', () => {
  const record = recordOf(make.set([0, 1], 'a', 4, null, KEY), make.set([2, 3], 'b', 5, undefined, KEY));
  judge(record, told(event(4, 'a'), event(6, undefined)), 0);
  expect(kindsOf(record)).toContain('gap in a watch');
});

test('both checkers speak up about a stale read', () => {
  const record = recordOf(make.set([0, 1], 'a', 4), make.set([2, 3], 'b', 5), make.read([4, 5], 4, at('a', 4)));
  judge(record, [], 0);
  expect(kindsOf(record)).toEqual(expect.arrayContaining(['stale read', 'not linearizable']));
});

test('a run in which nothing could be decided is not one in which all was well', () => {
  const silent = new Record();
  judge(silent, [], 0);
  expect(kindsOf(silent)).toEqual(['too little was decided']);
  // In any order, and none of them explains what was read: too many for the search.
  const lost = Array.from({ length: 20 }, (_, number) => make.lostSet(0, `v${number}`, KEY));
  const hard = recordOf(...lost, make.set([0, 1], 'a', 4, null, KEY));
  hard.add(
    make.operation(
      'r',
      2,
      3,
      { type: 'read', key: KEY, linearizable: true },
      { type: 'seen', index: 9, version: at('nobody wrote', 9) },
    ),
  );
  judge(hard, [], 0);
  expect(hard.counts.get('registers undecided')).toBe(1);
  expect(kindsOf(hard)).toContain('too little was decided');
});

test('a write under the lock by one who is not the first in the queue is found', () => {
  const place = (index: number, number: number, value?: string): SeenEvent => ({
    index,
    key: `${LOCK_PATH}/${number}`,
    value,
  });
  const events = [place(5, 5, '-'), place(7, 7, '-'), place(9, 5), place(12, 7)];
  const fine = new Record();
  judgeLocks(fine, events, [
    { client: 'a', token: 5, index: 8 },
    { client: 'b', token: 7, index: 10 },
  ]);
  expect(fine.violations).toEqual([]);
  const broken = new Record();
  judgeLocks(broken, events, [
    { client: 'b', token: 7, index: 8 },
    { client: 'a', token: 5, index: 10 },
  ]);
  expect(kindsOf(broken)).toEqual(['two had the lock', 'two had the lock']);
});

describe('answers of the key API', () => {
  const headers = { 'x-etcd-index': '9' };
  const answer = (status: number, body: object) => ({ status, headers, text: JSON.stringify(body) });
  const node = { key: KEY, value: 'v', modifiedIndex: 8 };

  test.each([
    [
      requestFor({ type: 'set', key: KEY, value: 'v' }),
      { method: 'PUT', target: `/v2/keys${KEY}`, form: { value: 'v' } },
    ],
    [
      requestFor({ type: 'compareAndSwap', key: KEY, expected: 'o&o', value: 'v' }),
      { method: 'PUT', target: `/v2/keys${KEY}?prevValue=o%26o`, form: { value: 'v' } },
    ],
    [
      requestFor({ type: 'read', key: KEY, linearizable: true }),
      { method: 'GET', target: `/v2/keys${KEY}?quorum=true` },
    ],
  ])('requests', (request, expected) => {
    expect(request).toEqual(expected);
  });

  test('success, refusal, silence and nonsense are told apart', () => {
    const read = { type: 'read', key: KEY, linearizable: true } as const;
    const swap = { type: 'compareAndSwap', key: KEY, expected: 'x', value: 'y' } as const;
    expect(resultOf(read, answer(200, { node }))).toEqual({ type: 'seen', index: 9, version: at('v', 8) });
    expect(resultOf(read, answer(404, { errorCode: 100, index: 7 }))).toEqual({
      type: 'seen',
      index: 7,
      version: undefined,
    });
    expect(resultOf(swap, answer(412, { errorCode: 101, cause: '[x != v]', index: 7 }))).toEqual({
      type: 'mismatch',
      index: 7,
      actual: 'v',
    });
    expect(resultOf(swap, answer(200, { node, prevNode: { ...node, value: 'x', modifiedIndex: 6 } }))).toEqual({
      type: 'written',
      key: KEY,
      index: 8,
      previous: at('x', 6),
    });
    expect(resultOf(swap, answer(500, { errorCode: 300 }))).toEqual({ type: 'unknown' });
    expect(() => resultOf(swap, answer(400, { errorCode: 209 }))).toThrow(OddAnswer);
  });
});
