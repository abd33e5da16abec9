import { explanationOf, stepForEtcd } from './rules';
import { differences } from './seen';
import type { Seen } from './seen';
import type { Step } from './step';

const STEP: Step = { method: 'GET', path: '/prefix', atRoot: false, query: [], body: { kind: 'none' } };
const SEEN: Seen = { status: 200, headers: { 'X-Etcd-Index': '7' }, body: '{"action":"get"}\n', ending: 'complete' };
const DELETED = '{"action":"delete","node":{"key":"/s1/pre","dir":true,"modifiedIndex":9,"createdIndex":8}}\n';

test('equal answers do not differ, TTLs may be a second apart', () => {
  expect(differences(SEEN, { ...SEEN })).toEqual([]);
  expect(differences({ ...SEEN, body: '"ttl":5' }, { ...SEEN, body: '"ttl":4' })).toEqual([]);
});

test.each<[string, Partial<Seen>]>([
  ['status', { status: 201 }],
  ['index', { headers: { 'X-Etcd-Index': '8' } }],
  ['missing header', { headers: {} }],
  ['body', { body: '{"action":"set"}\n' }],
  ['missing newline', { body: '{"action":"get"}' }],
  ['end', { ending: 'open' }],
])('another %s is a difference, and no rule excuses it', (_, change) => {
  const other = { ...SEEN, ...change };
  expect(differences(SEEN, other)).toHaveLength(1);
  expect(explanationOf(STEP, SEEN, other)).toBeUndefined();
});

test('two seconds of TTL are a difference', () => {
  expect(differences({ ...SEEN, body: '"ttl":5' }, { ...SEEN, body: '"ttl":3' })).toHaveLength(1);
});

test('the key of the root is explained', () => {
  const etcd = { ...SEEN, body: '{"action":"get","node":{"dir":true}}\n' };
  const cairn = { ...SEEN, body: '{"action":"get","node":{"key":"/","dir":true}}\n' };
  expect(explanationOf(STEP, etcd, cairn)).toBe('root-key');
});

test('a longer name is explained, a child of the deleted directory is not', () => {
  const watch = (path: string): Step => ({
    ...STEP,
    path,
    query: [
      ['wait', 'true'],
      ['waitIndex', '9'],
    ],
  });
  const etcd = { ...SEEN, body: DELETED };
  const cairn: Seen = { ...SEEN, body: '', ending: 'open' };
  expect(explanationOf(watch('/prefix'), etcd, cairn)).toBe('history-prefix');
  expect(explanationOf(watch('/pre/fix'), etcd, cairn)).toBeUndefined();
});

test('etcd is asked in its own words', () => {
  const step: Step = { ...STEP, query: [['recursive', 'tRuE']], body: { kind: 'multipart', fields: [['value', 'x']] } };
  expect(stepForEtcd(step)).toEqual({ ...step, query: [['recursive', 'true']], body: { ...step.body, kind: 'form' } });
  expect(stepForEtcd({ ...STEP, query: [['ttl', '9223372037']] }).query).toEqual([['ttl', '']]);
  expect(stepForEtcd({ ...STEP, query: [['ttl', '1000']] }).query).toEqual([['ttl', '1000']]);
});
