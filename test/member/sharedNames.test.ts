import { SharedNames } from '../../src/member/sharedNames';

const said: object[] = [];
let members: { id: string; name: string }[];
let names: SharedNames;

beforeEach(() => {
  said.length = 0;
  members = [];
  names = new SharedNames({ members: () => members, logger: { warn: (fields) => void said.push(fields) } });
});

const checkTwice = (): void => {
  names.check();
  names.check();
};

test('nothing is said of names that differ, nor of members that did not start yet', () => {
  members = [
    { id: '1a', name: 'one' },
    { id: '2b', name: 'two' },
    { id: '3c', name: '' },
    { id: '4d', name: '' },
  ];
  checkTwice();
  expect(said).toEqual([]);
});

test('each shared name is said once', () => {
  members = ['1a', '2b', '3c', '4d', '5e'].map((id, at) => ({ id, name: at < 3 ? 'default' : 'other' }));
  checkTwice();
  expect(said).toEqual([
    { sharedName: 'default', members: ['1a', '2b', '3c'] },
    { sharedName: 'other', members: ['4d', '5e'] },
  ]);
});

test('a name is said again when another member takes it, and when it is shared anew', () => {
  const one = { id: '1a', name: 'default' };
  members = [one, { id: '2b', name: 'default' }];
  checkTwice();
  members = [...members, { id: '3c', name: 'default' }];
  checkTwice();
  members = [one];
  checkTwice();
  members = [one, { id: '4d', name: 'default' }];
  checkTwice();
  expect(said).toEqual([
    { sharedName: 'default', members: ['1a', '2b'] },
    { sharedName: 'default', members: ['1a', '2b', '3c'] },
    { sharedName: 'default', members: ['1a', '4d'] },
  ]);
});
