import { forTerminal, isObeyed, jsonForTerminal } from '../../src/platform/terminalText';

test.each([
  ['a\x1b]0;title\x07b', 'a?]0;title?b'],
  ['a\x9b2Jb\x7f', 'a?2Jb?'],
  ['\u202egnp.exe\u2066', '?gnp.exe?'],
  ['seen\rhidden', 'seen?hidden'],
  ['one\r\ntwo\n\tthree\n', 'one\r\ntwo\n\tthree\n'],
  ['\ud800', '?'],
  ['naïve 👩‍🚀 שלום', 'naïve 👩‍🚀 שלום'],
])('%j is shown as %j', (text, shown) => {
  expect(forTerminal(text)).toBe(shown);
  expect(forTerminal(shown)).toBe(shown);
});

test('line ends are told too, for whoever shows one line', () => {
  expect(['a\nb', 'a\tb', 'a b'].map(isObeyed)).toEqual([true, true, false]);
});

test('JSON stays the same data', () => {
  const data = { 'k\x9b\u202e': 'v\x1b\x7f\r\n\t"\\' };
  const text = jsonForTerminal(JSON.stringify(data, undefined, 2));
  expect([JSON.parse(text), forTerminal(text)]).toEqual([data, text]);
});
