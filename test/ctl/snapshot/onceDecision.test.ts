import { decide, type Found } from '../../../src/ctl/snapshot/onceDecision';

const NEW: Found = { data: 'none', note: undefined, isRecorded: false, isFounder: true };
const OURS = { token: 't', phase: 'restored' } as const;
const BEGUN = { token: 't', phase: 'restoring' } as const;
const OTHERS = { token: 'earlier', phase: 'restored' } as const;

test.each<[what: string, found: Partial<Found>, expected: object]>([
  ['a new release', {}, { kind: 'restore' }],
  ['a restore that was killed', { data: 'filling', note: BEGUN }, { kind: 'restore' }],
  ['a restore that was killed before it made anything', { note: BEGUN }, { kind: 'restore' }],
  ['a volume on which an earlier release was restored, without its data', { note: OTHERS }, { kind: 'restore' }],
  [
    'a restore that was killed before it was recorded',
    { data: 'there', note: BEGUN },
    { kind: 'leave', isToRecord: true },
  ],
  ['a pod that starts again', { data: 'there', note: OURS, isRecorded: true }, { kind: 'leave', isToRecord: true }],
  ['a lost disk', { isRecorded: true }, { kind: 'leave', isToRecord: false }],
  [
    'a lost disk on which the member has joined since',
    { data: 'there', isRecorded: true },
    { kind: 'leave', isToRecord: false },
  ],
  ['data that were moved aside', { note: OURS }, { kind: 'leave', isToRecord: true }],
  [
    'data that were moved aside, of a place that is recorded',
    { note: OURS, isRecorded: true },
    { kind: 'leave', isToRecord: false },
  ],
  ['data of something else', { data: 'there' }, { kind: 'refuse' }],
  ['data of an earlier release', { data: 'there', note: OTHERS }, { kind: 'refuse' }],
  ['a pod that comes when the cluster is scaled up', { isFounder: false }, { kind: 'leave', isToRecord: false }],
  ['the same with data', { isFounder: false, data: 'there' }, { kind: 'leave', isToRecord: false }],
])('%s', (_what, found, expected) => {
  expect(decide({ ...NEW, ...found }, 't')).toMatchObject(expected);
});

test('whatever else is found: what was recorded is never restored, and data that are there never go', () => {
  for (const note of [undefined, OURS, BEGUN, OTHERS])
    for (const isFounder of [true, false])
      for (const data of ['none', 'filling', 'there'] as const)
        for (const isRecorded of [true, false]) {
          const { kind } = decide({ data, note, isRecorded, isFounder }, 't');
          if (isRecorded || data === 'there' || !isFounder) expect(kind).not.toBe('restore');
        }
});
