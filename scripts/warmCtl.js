'use strict';

/** Writes dist/ctlProgram.js.cache: has cairnctl read a key of the member at the URL, and keeps the code that V8 compiled for that. */
const { writeFileSync } = require('node:fs');
const { load, run, CODE_CACHE } = require('../dist/cairnctl.js');

const [url] = process.argv.slice(2);
process.argv.splice(2, Infinity, '--endpoints', url, 'get', '/warm');
const script = load();
process.on('exit', (code) => {
  if (code === 0) writeFileSync(CODE_CACHE, script.createCachedData());
});
run(script);
