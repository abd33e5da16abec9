import { sharedNames } from '../../src/member/sharedNames';

const fieldsOf = (members: readonly { id: string; name: string }[]): readonly object[] =>
  sharedNames(members).map(({ fields }) => fields);

test('nothing is said of names that differ, nor of members that did not start yet', () => {
  const names = ['one', 'two', '', ''];
  expect(fieldsOf(names.map((name, at) => ({ id: String(at), name })))).toEqual([]);
});

test('each name that several have is said, with all who have it', () => {
  const members = ['1a', '2b', '3c', '4d', '5e'].map((id, at) => ({ id, name: at < 3 ? 'default' : 'other' }));
  expect(fieldsOf(members)).toEqual([
    { sharedName: 'default', members: ['1a', '2b', '3c'] },
    { sharedName: 'other', members: ['4d', '5e'] },
  ]);
});
