#!/usr/bin/env node
'use strict';

/**
 * Becomes dist/cairn.js: runs program.js beside it with the code that was compiled when it was built, because reading two
 * megabytes of JavaScript is a third of a start. V8 refuses the cache of another version of Node.js, and does without one.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const PROGRAM = join(__dirname, 'program.js');
const CODE_CACHE = join(__dirname, 'program.js.cache');

/** The program, compiled and not yet run. It is ASCII: see bundle.js. */
function load() {
  return new Script(Module.wrap(readFileSync(PROGRAM, 'latin1')), {
    filename: PROGRAM,
    cachedData: readIfThere(CODE_CACHE),
  });
}

function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Runs it as Node.js would have: as a CommonJS module. */
function run(script) {
  const program = new Module(PROGRAM, module);
  program.filename = PROGRAM;
  script
    .runInThisContext()
    .call(program.exports, program.exports, Module.createRequire(PROGRAM), program, PROGRAM, dirname(PROGRAM));
}

module.exports = { load, run, CODE_CACHE };

if (require.main === module) run(load());
