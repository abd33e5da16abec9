import { nameOfLeader, releaseOf, renewalOf, wishOf } from '../../../src/api/modules/lockParameters';

const LOCK = '/_etcd/mod/lock/x';

function form(fields: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(fields));
}

function refused(code: number, cause: string): unknown {
  return { failure: { code, cause, etcdIndex: 0 } };
}

test.each(['', '0', '-1', '1.5', 'x', '0x10', '9223372037', '99999999999999999999', ' 1'])('%j is no TTL', (ttl) => {
  expect(wishOf(LOCK, form({ ttl }), 'value')).toEqual(refused(202, 'Acquire'));
  expect(renewalOf(form({ ttl, index: '4' }))).toEqual(refused(202, 'Renew'));
});

test('the timeout is looked at before the TTL', () => {
  expect(wishOf(LOCK, form({ timeout: 'x' }), 'value')).toEqual(refused(205, 'Acquire'));
  expect(wishOf(LOCK, form({}), 'value')).toEqual(refused(202, 'Acquire'));
});

test.each([
  [{}, undefined],
  [{ timeout: '' }, undefined],
  [{ timeout: '-1' }, undefined],
  [{ timeout: '0' }, 0],
  [{ timeout: '+5' }, 5],
])('%j waits for %j seconds', (fields, waitSeconds) => {
  expect(wishOf(LOCK, form({ ttl: '20', ...fields }), 'value')).toMatchObject({ ttlSeconds: 20, waitSeconds });
});

test('who gives no value, or what says that there is none, shares with nobody', () => {
  for (const value of [{}, { value: '' }, { value: '-' }]) {
    expect(wishOf(LOCK, form({ ttl: '1', ...value }), 'value')).toMatchObject({ value: undefined });
  }
  expect(wishOf(LOCK, form({ ttl: '1', value: 'bar', name: 'n' }), 'value')).toMatchObject({ value: 'bar' });
  expect(wishOf(LOCK, form({ ttl: '1', value: 'bar', name: 'n' }), 'name')).toMatchObject({ value: 'n' });
});

test('a renewal or release says which', () => {
  expect(renewalOf(form({ ttl: '5' }))).toEqual(refused(207, 'Renew'));
  expect(renewalOf(form({ ttl: '5', index: '00000000000000000012', value: 'v' }))).toEqual({
    which: { by: 'index', index: 12 },
    ttlSeconds: 5,
  });
  expect(releaseOf(form({}))).toEqual(refused(207, 'Release'));
  expect(releaseOf(form({ index: '1', value: 'v' }))).toEqual(refused(208, 'Release'));
  expect(releaseOf(form({ index: 'x' }))).toEqual({ which: { by: 'index', index: undefined } });
  expect(releaseOf(form({ value: 'v' }))).toEqual({ which: { by: 'value', value: 'v' } });
  expect(nameOfLeader(form({ name: '' }))).toEqual(refused(206, 'Set'));
});

test('what stands for no value or name is none, whoever gives it', () => {
  const none = { value: '-', name: '-', ttl: '5' };
  expect(wishOf('/x', form(none), 'value')).toMatchObject({ value: undefined });
  expect(renewalOf(form(none))).toEqual(refused(207, 'Renew'));
  expect(releaseOf(form(none))).toEqual(refused(207, 'Release'));
  expect(nameOfLeader(form(none))).toEqual(refused(206, 'Set'));
});
