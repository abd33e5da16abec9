import { parseMediaType } from '../../../src/api/http/mediaType';

test.each([
  [undefined, 'application/octet-stream'],
  ['', 'application/octet-stream'],
  ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded'],
  ['Application/X-WWW-Form-Urlencoded; charset=UTF-8', 'application/x-www-form-urlencoded'],
  [' text/plain ', 'text/plain'],
  ['text', 'text'],
  ['text/plain;', 'text/plain'],
  ['text/plain; a=1; b="x; \\" y" ;', 'text/plain'],
  ['text/plain; a=1; A=1', 'text/plain'],
  ['multipart/form-data; boundary=----x', 'multipart/form-data'],
])('parseMediaType(%j)', (header, type) => {
  expect(parseMediaType(header)).toEqual({ ok: true, type });
});

test.each([
  ['/x', 'mime: no media type'],
  [';', 'mime: no media type'],
  ['text plain', 'mime: expected slash after first token'],
  ['a/;;', 'mime: expected token after slash'],
  ['a/b c', 'mime: unexpected content after media subtype'],
  ['a/b; c', 'mime: invalid media parameter'],
  ['a/b; c=', 'mime: invalid media parameter'],
  ['a/b; c="open', 'mime: invalid media parameter'],
  ['a/b; a=1; a=2', 'mime: duplicate parameter name'],
])('parseMediaType(%j) is refused', (header, complaint) => {
  expect(parseMediaType(header)).toEqual({ ok: false, complaint });
});
