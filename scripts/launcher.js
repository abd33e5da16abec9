#!/usr/bin/env node
'use strict';

/**
 * Becomes dist/cairn.js and dist/cairnctl.js: runs program.js or ctlProgram.js beside it with the code that was compiled when it was built, because reading two
 * megabytes of JavaScript is a third of a start. V8 refuses the cache of another version of Node.js, and does without one.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { basename, dirname, join } = require('node:path');
const { Script } = require('node:vm');

const IS_CTL = basename(__filename) === 'cairnctl.js';
const PROGRAM = join(__dirname, IS_CTL ? 'ctlProgram.js' : 'program.js');
const CODE_CACHE = `${PROGRAM}.cache`;

/** The program, compiled and not yet run. It is ASCII, and a function as Node.js makes one of a module: see bundle.js. */
function load() {
  return new Script(readFileSync(PROGRAM, 'latin1'), {
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

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
const BY_SIGNAL = 128;

/**
 * Listens to the signals that ask the process to stop, before anything that takes time. The first process of a container hears none
 * without a listener, and loading the program is most of a start. A member listens itself once it has something to stop
 * (src/app/stopSignals.ts); until then, and in the other commands, there is nothing but to end: a member in order, a command without a
 * result.
 */
function listenEarly() {
  const [first] = process.argv.slice(2);
  const isMember = !IS_CTL && (first === undefined || first.startsWith('-'));
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.on(signal, () => process.exit(isMember ? 0 : BY_SIGNAL + number));
  }
}

/** As exitCodes.unexpectedFailure of the program, which is not there. */
const FAILED = 1;

/**
 * Without a listener of its own a process of Node.js opens its debugger at this signal, on 127.0.0.1:9229 and without a password: every user of the
 * machine could run code in it. Who has a use for the signal listens as well.
 */
function keepDebuggerShut() {
  process.on('SIGUSR1', () => undefined);
}

/**
 * What starting this file does, for the scripts that stand in for it (those of the image, `npm start`): runs the program, or says that it
 * is not there; what it cannot load itself, it says (src/app/lastWords.ts).
 */
function main() {
  keepDebuggerShut();
  listenEarly();
  let program;
  try {
    program = load();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    process.stderr.write(
      `cairn: the program is not beside its launcher: ${error.message}\n` +
        'Install it again: "npm start" in a clone; elsewhere the package or the image that it came from\n',
    );
    process.exit(FAILED);
  }
  run(program);
}

module.exports = { main, keepDebuggerShut, load, run, CODE_CACHE };

if (require.main === module) main();
