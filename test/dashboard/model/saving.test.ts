import type { KeyNode } from '../../../src/dashboard/model/answers';
import { afterSave, draftOf, isEdited } from '../../../src/dashboard/model/saving';

function node(value: string, modifiedIndex: number): KeyNode {
  return { key: '/a', isDirectory: false, value, createdIndex: 4, modifiedIndex, endsAtMs: undefined };
}

const saved = { ...draftOf(node('before', 5)), value: 'mine' };
const stored = node('mine', 6);

test('after a save the key is as it is stored', () => {
  expect(afterSave(saved, saved, stored)).toEqual(draftOf(stored));
});

test('what was typed while it was saved is kept, as an edit of what is stored', () => {
  const draft = afterSave({ ...saved, value: 'mine, and more' }, saved, stored);
  expect(draft).toEqual({ ...draftOf(stored), value: 'mine, and more' });
  expect(isEdited(draft)).toBe(true);
});
