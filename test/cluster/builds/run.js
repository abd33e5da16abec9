'use strict';

/** Runs a kept build (README.md) as if it had been built here: its packages are those that are installed. */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');
const { Script } = require('node:vm');
const { brotliDecompressSync } = require('node:zlib');

const ROOT = resolve(__dirname, '../../..');

module.exports = function run(name) {
  const code = brotliDecompressSync(readFileSync(join(__dirname, `${name}.js.br`))).toString('utf8');
  const filename = join(ROOT, `${name}.js`);
  const program = new Module(filename, module);
  program.filename = filename;
  new Script(Module.wrap(code), { filename })
    .runInThisContext()
    .call(program.exports, program.exports, Module.createRequire(filename), program, filename, ROOT);
};
