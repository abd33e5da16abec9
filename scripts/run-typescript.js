'use strict';

const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

/** Lets a script require the TypeScript that the tests share with it: types are stripped as jest does, nothing is checked. */
require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  });
  module._compile(code, filename);
};
