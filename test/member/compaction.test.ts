import { Compaction } from '../../src/member/compaction';
import { LOG_BYTES_MAX } from '../../src/member/settings';
import type { Entry } from '../../src/raft/types';

function entries(from: number, count: number, size = 10): Entry[] {
  const data = Buffer.alloc(size);
  return Array.from({ length: count }, (_, offset) => ({ kind: 'command', index: from + offset, term: 1, data }));
}

it('keeps the wanted number of entries, and cuts in steps', () => {
  const compaction = new Compaction(1000);
  compaction.stored(entries(1, 2000));
  expect(compaction.due(1100, Infinity)).toBeUndefined();
  expect(compaction.due(2000, Infinity)).toBe(1000);
  expect(compaction.due(2000, Infinity)).toBeUndefined();
});

it('never goes beyond what is durable', () => {
  const compaction = new Compaction(0);
  compaction.stored(entries(1, 5000));
  expect(compaction.due(300, Infinity)).toBe(300);
});

it('keeps fewer entries when they are large', () => {
  const compaction = new Compaction(10_000);
  const size = LOG_BYTES_MAX / 64;
  compaction.stored(entries(1, 65, size));
  expect(compaction.due(65, Infinity)).toBe(33);
  expect(compaction.due(65, Infinity)).toBeUndefined();
});

it('leaves what is still needed, unless the log is too large', () => {
  const compaction = new Compaction(0);
  compaction.stored(entries(1, 1000));
  expect(compaction.due(1000, 600)).toBe(600);
  expect(compaction.due(1000, 600)).toBeUndefined();
  compaction.stored(entries(1001, 70, LOG_BYTES_MAX / 64));
  expect(compaction.due(1070, 600)).toBeGreaterThan(1000);
});

it('forgets the sizes of a truncated suffix', () => {
  const compaction = new Compaction(0);
  compaction.restart(100, entries(101, 500));
  compaction.stored(entries(201, 200));
  expect(compaction.due(10_000, Infinity)).toBe(400);
});
