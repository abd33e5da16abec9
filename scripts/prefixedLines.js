'use strict';

/** Lines of several programs on one terminal, each with the name of the program before it. */
const { Transform } = require('node:stream');
const { StringDecoder } = require('node:string_decoder');

/** A line that does not end is written in pieces of this many characters. */
const LINE_LENGTH_MAX = 64 * 1024;

/** What goes in comes out line by line, each behind `prefix`; the last one also without its end. */
function prefixedLines(prefix) {
  const decoder = new StringDecoder('utf8');
  let begun = '';
  return new Transform({
    transform(bytes, _encoding, done) {
      const lines = (begun + decoder.write(bytes)).split('\n');
      begun = lines.pop();
      if (begun.length > LINE_LENGTH_MAX) {
        lines.push(begun);
        begun = '';
      }
      done(null, lines.map((line) => `${prefix}${line}\n`).join(''));
    },
    flush(done) {
      const rest = begun + decoder.end();
      done(null, rest === '' ? '' : `${prefix}${rest}\n`);
    },
  });
}

module.exports = { prefixedLines };
