import { makeStartTokens, parseStartTokens } from '../../../src/api/discovery/startTokens';
import { MemberError } from '../../../src/member/types';
import { event, FakeMember, keyError, node } from '../fakeMember';

const ONE = '0123456789abcdef0123456789abcdef';
const TWO = 'f'.repeat(32);

const logged: [level: string, fields: object, message: string][] = [];
const slept: number[] = [];

const environment = {
  now: () => 5,
  random: () => 0.5,
  sleep: (delayMs: number) => {
    slept.push(delayMs);
    return Promise.resolve();
  },
  logger: {
    info: (fields: object, message: string) => {
      logged.push(['info', fields, message]);
    },
    warn: (fields: object, message: string) => {
      logged.push(['warn', fields, message]);
    },
  },
};

let member: FakeMember;

beforeEach(() => {
  member = new FakeMember();
  logged.length = 0;
  slept.length = 0;
});

const tokens = parseStartTokens([`${ONE}=3`, `${TWO}=100`]);

test('the entries are taken apart', () => {
  expect(tokens).toEqual([
    { token: ONE, size: 3 },
    { token: TWO, size: 100 },
  ]);
});

test('each is made once', async () => {
  await makeStartTokens(member, tokens, environment);
  expect(member.commands).toMatchObject([
    { type: 'create', path: `/_etcd/registry/${ONE}/_config/size`, value: '3', nowMs: 5 },
    { type: 'create', path: `/_etcd/registry/${TWO}/_config/size`, value: '100' },
  ]);
  expect(logged.map(([level, fields]) => [level, fields])).toEqual([
    ['info', { token: '0123…', size: 3 }],
    ['info', { token: 'ffff…', size: 100 }],
  ]);
});

test('one that is there keeps its size, and another one is told', async () => {
  member.onPropose = () => Promise.resolve(keyError(105, '/x'));
  member.onGet = (key) => event({ node: node({ key, value: '3' }) });
  await makeStartTokens(member, tokens, environment);
  expect(logged).toEqual([
    ['warn', { token: 'ffff…', size: 100, there: '3' }, expect.stringMatching(/^the discovery token is there already/)],
  ]);
});

test('it is tried again, less and less often, until there is a leader', async () => {
  let failures = 8;
  const made = member.onPropose;
  member.onPropose = (command) => (failures-- > 0 ? Promise.reject(new MemberError('noLeader', '')) : made(command));
  await makeStartTokens(member, tokens.slice(0, 1), environment);
  expect(slept).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000].map((delayMs) => delayMs * 0.75));
});

test('a member that stops ends it', async () => {
  member.onPropose = () => Promise.reject(new MemberError('stopped', ''));
  await makeStartTokens(member, tokens, environment);
  expect(member.commands).toHaveLength(1);
});

test('what nobody foresaw is not hidden', async () => {
  member.onPropose = () => Promise.reject(new Error('broken'));
  await expect(makeStartTokens(member, tokens, environment)).rejects.toThrow('broken');
});
