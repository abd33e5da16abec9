import { MemberNames } from '../../src/app/memberNames';

const lines: object[] = [];
const write = (fields: object): void => {
  lines.push(fields);
};
let members: { id: string; name: string }[];
let log: MemberNames;

beforeEach(() => {
  lines.length = 0;
  members = [
    { id: '1a', name: 'infra1' },
    { id: '2b', name: '' },
  ];
  log = new MemberNames({ info: write, warn: write, error: write });
});

it.each(['peer', 'to', 'from', 'leader', 'member'])('%s has its name beside it', (field) => {
  log.learnFrom(() => members);
  for (const level of ['info', 'warn', 'error'] as const) log[level]({ [field]: '1a', term: 2 }, 'words');
  expect(lines).toEqual([1, 2, 3].map(() => ({ [field]: '1a', term: 2, name: 'infra1' })));
});

it('says nothing of whom nobody knows, and takes no name from a line', () => {
  log.warn({ peer: '1a' }, 'before there is a member');
  log.learnFrom(() => members);
  log.warn({ peer: '2b' }, 'not started');
  log.warn({ peer: '3c' }, 'a stranger');
  log.warn({ member: '1a', name: 'mine' }, 'has a name already');
  log.warn({ term: 2 }, 'about nobody');
  expect(lines).toEqual([{ peer: '1a' }, { peer: '2b' }, { peer: '3c' }, { member: '1a', name: 'mine' }, { term: 2 }]);
});

it('still knows who was removed', () => {
  log.learnFrom(() => members);
  log.info({ peer: '1a' }, 'is there');
  members = [];
  log.info({ peer: '1a' }, 'is gone');
  expect(lines[1]).toEqual({ peer: '1a', name: 'infra1' });
});
