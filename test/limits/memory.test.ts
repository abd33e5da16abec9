import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BEHIND_MAX_BYTES } from '../../src/api/v2/keys/watchResponse';
import {
  bodyBudgetBytes,
  bufferBytesMax,
  defaultQuotaBytes,
  logBytesMax,
  memoryLimits,
  quotaBytes,
} from '../../src/limits/memory';
import { HISTORY_BYTES_MAX } from '../../src/machine/keyspace/history';
import { QUEUE_BYTES_MAX } from '../../src/peer/context';

const MEBIBYTE = 1024 * 1024;

test('the store gets what leaves room to load it, in the heap and in the container', () => {
  expect(defaultQuotaBytes({ heapBytes: 4000 * MEBIBYTE, containerBytes: Infinity })).toBe(1600 * MEBIBYTE);
  expect(defaultQuotaBytes({ heapBytes: 4000 * MEBIBYTE, containerBytes: 1000 * MEBIBYTE })).toBe(300 * MEBIBYTE);
  expect(defaultQuotaBytes({ heapBytes: 10 * MEBIBYTE, containerBytes: Infinity })).toBe(16 * MEBIBYTE);
});

test('one body of the largest size always fits', () => {
  const limits = { heapBytes: 240 * MEBIBYTE, containerBytes: Infinity };
  expect(bodyBudgetBytes(limits, 10 * MEBIBYTE)).toBe(20 * MEBIBYTE);
  expect(bodyBudgetBytes(limits, 24 * MEBIBYTE)).toBe(24 * MEBIBYTE);
});

test('however large the heap is, there is room for no more bodies than a member gets done within some seconds', () => {
  const limits = { heapBytes: 64 * 1024 * MEBIBYTE, containerBytes: Infinity };
  expect(bodyBudgetBytes(limits, 10 * MEBIBYTE)).toBe(64 * MEBIBYTE);
});

test('this process has limits', () => {
  expect(memoryLimits().heapBytes).toBeGreaterThan(16 * MEBIBYTE);
  expect(memoryLimits().containerBytes).toBeGreaterThan(16 * MEBIBYTE);
});

test('a quota that no start could load is lowered, and said so', () => {
  const limits = { heapBytes: 1000 * MEBIBYTE, containerBytes: Infinity };
  expect(quotaBytes(0, limits)).toEqual({ bytes: 400 * MEBIBYTE, warning: undefined });
  expect(quotaBytes(500 * MEBIBYTE, limits)).toEqual({ bytes: 500 * MEBIBYTE, warning: undefined });
  const lowered = quotaBytes(8192 * MEBIBYTE, limits);
  expect(lowered.bytes).toBe(600 * MEBIBYTE);
  expect(lowered.warning).toContain(`its heap has ${1000 * MEBIBYTE} bytes; ${600 * MEBIBYTE} are used`);
  expect(quotaBytes(8192 * MEBIBYTE, { ...limits, containerBytes: 512 * MEBIBYTE }).warning).toContain('its container');
});

test('a lowered quota is a whole number, or the leader could not read what it is told', () => {
  const limits = { heapBytes: 100_000_003, containerBytes: Infinity };
  expect(defaultQuotaBytes(limits) % 2).toBe(1);
  expect(quotaBytes(8192 * MEBIBYTE, limits).bytes).toBe(60_000_001);
});

test('the log in memory is small in a small container', () => {
  const heapBytes = 128 * MEBIBYTE;
  expect(logBytesMax({ heapBytes, containerBytes: 256 * MEBIBYTE }, 128 * MEBIBYTE)).toBe(16 * MEBIBYTE);
  expect(logBytesMax({ heapBytes, containerBytes: 64 * MEBIBYTE }, 128 * MEBIBYTE)).toBe(8 * MEBIBYTE);
  expect(logBytesMax({ heapBytes, containerBytes: Infinity }, 128 * MEBIBYTE)).toBe(128 * MEBIBYTE);
});

test.each([
  ['a machine', { heapBytes: 4096, containerBytes: Infinity }, 32],
  ['a container of 1 GiB', { heapBytes: 512, containerBytes: 1024 }, 32],
  ['a container of 512 MiB', { heapBytes: 256, containerBytes: 512 }, 16],
  ['a small heap', { heapBytes: 256, containerBytes: Infinity }, 16],
  ['a small container with a heap that was made larger', { heapBytes: 512, containerBytes: 256 }, 8],
  ['hardly anything', { heapBytes: 20, containerBytes: 40 }, 4],
])('buffers that are usually 32 MiB, in %s', (_, { heapBytes, containerBytes }, expected) => {
  const limits = { heapBytes: heapBytes * MEBIBYTE, containerBytes: containerBytes * MEBIBYTE };
  expect(bufferBytesMax(limits, 32 * MEBIBYTE)).toBe(expected * MEBIBYTE);
});

test('docs/architecture.md says what the buffers hold', () => {
  const page = readFileSync(join(__dirname, '../../docs/architecture.md'), 'utf8');
  const limits = { heapBytes: 0, containerBytes: Infinity };
  for (const [what, usual] of [
    ['the history', HISTORY_BYTES_MAX],
    ['what waits for one other member', QUEUE_BYTES_MAX],
    ['what waits for one watcher', BEHIND_MAX_BYTES],
  ] as const) {
    const [most, least] = [usual, bufferBytesMax(limits, usual)].map((bytes) => `${bytes / MEBIBYTE} MiB`);
    expect(page.replaceAll(/ +/g, ' ')).toContain(`| ${what} | ${most} | ${least} |`);
  }
});
