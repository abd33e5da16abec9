import type { KeyNode } from '../../../src/dashboard/model/answers';
import {
  afterSave,
  draftOf,
  fieldText,
  isEdited,
  isTypable,
  saveRequest,
  typed,
} from '../../../src/dashboard/model/saving';

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

describe('line ends, of which a text field knows one', () => {
  test('lines that all end in CRLF go on to do so', () => {
    const draft = draftOf(node('a=1\r\nb=2\r\n', 5));
    expect(fieldText(draft.value)).toBe('a=1\nb=2\n');
    const edited = typed(draft, 'a=3\nb=2\nc=4\n');
    expect(saveRequest(edited, 0).form['value']).toBe('a=3\r\nb=2\r\nc=4\r\n');
    expect(isEdited(edited)).toBe(true);
    expect(isEdited(typed(edited, 'a=1\nb=2\n'))).toBe(false);
  });

  test('others end as they are typed', () => {
    for (const value of ['', 'a', 'a\nb'])
      expect(saveRequest(typed(draftOf(node(value, 5)), 'x\ny'), 0).form['value']).toBe('x\ny');
  });

  test.each(['a\r\nb\n', 'a\nb\r\n', 'a\rb', 'a\r', 'a\r\r\nb', 'a\r\r\n\nb'])('%j is not typed into', (value) => {
    const draft = draftOf(node(value, 5));
    expect(isTypable(value)).toBe(false);
    expect(typed(draft, 'anything')).toBe(draft);
    // Its TTL may be changed.
    expect(saveRequest(draft, 0).form['value']).toBe(value);
  });
});
