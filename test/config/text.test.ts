import { nearest } from '../../src/config/nearest';
import { shownArguments } from '../../src/config/shownArguments';
import { enumerate, oneLine, quote, wrap } from '../../src/config/text';

describe('nearest', () => {
  const names = ['data-dir', 'name', 'listen-client-urls', 'listen-peer-urls'];

  it.each([
    ['data-dri', 'data-dir'],
    ['datadir', 'data-dir'],
    ['nam', 'name'],
    ['nmae', 'name'],
    ['listen-peers-url', 'listen-peer-urls'],
    ['data_dir', 'data-dir'],
  ])('finds for %s', (word, expected) => {
    expect(nearest(word, names)).toBe(expected);
  });

  it.each(['x', 'wholly-different', '', 'listen', 'name'.repeat(1000)])('finds nothing for %.20s', (word) => {
    expect(nearest(word, names)).toBeUndefined();
  });
});

describe('text in messages', () => {
  it('is quoted and cut', () => {
    expect(quote('a"b\n')).toBe('"a\\"b\\n"');
    expect(quote('x'.repeat(81))).toBe(`"${'x'.repeat(80)}..."`);
    expect(quote('x'.repeat(80))).toBe(`"${'x'.repeat(80)}"`);
  });

  it.each([
    ['http://root:secret@h:1', 'http://***@h:1'],
    ['http://root:se@cret@h:1', 'http://***@h:1'],
    ['http://root:se/cret@h:1', 'http://***@h:1'],
    ['http://root:se cret@h:1', 'http://***@h:1'],
    ['root:secret@h:1', 'root:***@h:1'],
    ['http://root:secret@h:1/a@b', 'http://***@b'],
    ['a=http://b:1,b=http://root:se,cret@h:1,c=http://d:1', 'a=http://b:1,b=http://***@h:1,c=http://d:1'],
    ['http://h:1', 'http://h:1'],
    ['somebody@h:1', 'somebody@h:1'],
  ])('has no passwords: %s', (text, shown) => {
    expect(quote(text)).toBe(`"${shown}"`);
    expect(shownArguments(['--join-urls', text, `--join-urls=${text}`])).toEqual([
      ...['--join-urls', shown],
      `--join-urls=${shown}`,
    ]);
  });

  it('loses what would break the line', () => {
    expect(oneLine('a\r\nb\u2028c\u001b[31m')).toBe('a b c [31m');
  });

  it('enumerates', () => {
    expect(enumerate([], 'or')).toBe('');
    expect(enumerate(['a'], 'or')).toBe('a');
    expect(enumerate(['a', 'b', 'c'], 'or')).toBe('a, b or c');
  });

  it('wraps at blanks', () => {
    expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
    expect(wrap('aaaaaaa b', 5)).toEqual(['aaaaaaa', 'b']);
    expect(wrap('', 5)).toEqual([]);
  });
});
