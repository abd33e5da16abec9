import type { Command, KeyCommand } from '../../src/machine/command';
import { NODE_BYTES } from '../../src/machine/keyspace/tree';
import { Machine } from '../../src/machine/machine';
import { Quota } from '../../src/member/quota';

const KIBIBYTE = 1024;
const LIMIT = 100 * KIBIBYTE;

let machine: Machine;
let quota: Quota;

beforeEach(() => {
  machine = new Machine(10);
  quota = new Quota({ machine }, LIMIT);
});

function set(path: string, bytes: number): KeyCommand {
  const rest = { expirationMs: undefined, refresh: false, dir: false, nowMs: 0 };
  return { type: 'set', path, value: 'x'.repeat(bytes), ...rest };
}

function remove(path: string): KeyCommand {
  return { type: 'delete', path, dir: false, recursive: false, nowMs: 0 };
}

/** Proposed, and applied if it was taken. */
function carryOut(command: Command): boolean {
  const growth = quota.reserve(command);
  if (growth === undefined) return false;
  if ('path' in command) machine.keySpace.apply(command);
  quota.settled(growth);
  return true;
}

function fill(): void {
  for (let n = 0; n < 9; n++) expect(carryOut(set(`/${n}`, 10 * KIBIBYTE))).toBe(true);
}

test('the store counts names, values and what a node costs, and forgets what goes', () => {
  const before = quota.used;
  carryOut(set('/a/b', 1000));
  expect(quota.used - before).toBe(2 * NODE_BYTES + '/a'.length + '/a/b'.length + 1000);
  carryOut(set('/a/b', 10));
  expect(quota.used - before).toBe(2 * NODE_BYTES + '/a'.length + '/a/b'.length + 10);
  machine.keySpace.apply({ type: 'delete', path: '/a', dir: true, recursive: true, nowMs: 0 });
  expect(quota.used).toBe(before);
});

test('what makes it larger than it may be is refused; what makes it smaller is not', () => {
  fill();
  expect(carryOut(set('/large', 20 * KIBIBYTE))).toBe(false);
  expect(quota.alarm).toBe(false);
  expect(carryOut(set('/9', 6 * KIBIBYTE))).toBe(true);
  expect(carryOut(set('/10', 6 * KIBIBYTE))).toBe(false);
  expect(quota.alarm).toBe(true);
  expect(carryOut(set('/0', 10 * KIBIBYTE))).toBe(true);
  expect(carryOut(set('/0', 11 * KIBIBYTE))).toBe(false);
  expect(carryOut({ type: 'sync', nowMs: 0, expireMax: 10 })).toBe(true);
  expect(carryOut(remove('/10'))).toBe(true);
});

test('once full it takes even small writes again only when there is some room', () => {
  fill();
  carryOut(set('/9', 6 * KIBIBYTE));
  carryOut(set('/10', 6 * KIBIBYTE));
  expect(quota.alarm).toBe(true);
  expect(carryOut(set('/small', 1))).toBe(false);
  carryOut(remove('/9'));
  expect(quota.alarm).toBe(false);
  expect(carryOut(set('/small', 1))).toBe(true);
});

test('what is under way counts too, until it was answered', () => {
  const growths = Array.from({ length: 12 }, (_, n) => quota.reserve(set(`/${n}`, 10 * KIBIBYTE)));
  expect(growths.filter((growth) => growth !== undefined)).toHaveLength(9);
  quota.settled(growths[0] ?? 0);
  expect(quota.reserve(set('/again', 10 * KIBIBYTE))).toBeGreaterThan(0);
});

test('0 is no limit', () => {
  const unlimited = new Quota({ machine }, 0);
  expect(unlimited.reserve(set('/a', 10 * LIMIT))).toBe(0);
  expect(unlimited.alarm).toBe(false);
});
