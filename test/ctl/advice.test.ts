/** Every command with every failure: what is advised names options that this command has. */
import { EtcdError, NotUnderstoodError, RefusedError, TimeoutError, UnreachableError } from '../../src/client';
import { flagsOf, taskRows } from '../../src/config/commands';
import { adviceOn } from '../../src/ctl/advice';

const failed = (code: string): UnreachableError =>
  new UnreachableError('no answer', false, [
    { endpoint: 'http://a:1', error: Object.assign(new Error('words'), { code }) },
  ]);

const failures = {
  'no right, of keys': new EtcdError(401, 'GET /v2/keys/a', { code: 110, message: 'm', cause: '', index: 0 }),
  'no right, of members': new RefusedError(401, 'GET /v2/members', 'Insufficient credentials'),
  'a peer port': new RefusedError(404, 'GET /v2/members', '404 page not found'),
  'another program': new NotUnderstoodError(
    200,
    'GET /version: the answer of http://a:1 is not understood: no version',
  ),
  'nobody listens': failed('ECONNREFUSED'),
  'no such host': failed('ENOTFOUND'),
  'no HTTP': failed('HPE_INVALID_CONSTANT'),
  late: new TimeoutError('no answer', false, []),
};
type Kind = keyof typeof failures;
const kinds = Object.keys(failures) as Kind[];
const words = taskRows.map(([word]) => word);

describe.each(words)('%s', (word) => {
  it.each(kinds)('%s', (kind) => {
    for (const isUserGiven of [false, true]) {
      const advice = adviceOn(failures[kind], word, isUserGiven) ?? '';
      const named = [...advice.matchAll(/--([a-z-]+)/g)].map(([, name]) => name);
      expect(named.filter((name = '') => flagsOf(word)[name] === undefined)).toEqual([]);
      const variables = Object.values(flagsOf(word)).flatMap(({ help, variables: own = [] }) => [help, ...own]);
      for (const [variable] of advice.matchAll(/ETCDCTL_[A-Z_]+/g)) expect(variables.join(' ')).toContain(variable);
    }
  });
});

it.each<[Kind, RegExp]>([
  ['no right, of keys', /^Auth is on there\. Say who asks with --user-file FILE/],
  ['a peer port', /peer port.*--url or ETCDCTL_ENDPOINTS/],
  ['another program', /another program/],
  ['nobody listens', /is the member started\?/],
  ['no such host', /no such host/],
  ['no HTTP', /speaks no HTTP/],
  ['late', /--timeout SECONDS/],
])('there is advice on %s', (kind, advice) => {
  expect(adviceOn(failures[kind], 'export', false)).toMatch(advice);
});

it('who was given is not asked for again', () => {
  const advice = adviceOn(failures['no right, of keys'], 'export', true);
  expect(advice).toContain('may not do that, or has another password');
  expect(advice).not.toContain('--user-file');
});

it.each([
  ['a key that is not there', new EtcdError(404, 'GET /v2/keys/a', { code: 100, message: 'm', cause: '', index: 1 })],
  ['a route that not all have', new RefusedError(404, 'GET /v2/admin/snapshot', '404 page not found')],
  ['a fault of this program', new Error('words')],
])('there is none on %s', (_, error) => {
  expect(adviceOn(error, 'snapshot', false)).toBeUndefined();
});
