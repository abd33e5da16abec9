'use strict';

/** `node --require` this and TypeScript files can be loaded, for children that tests start. */
const { transformFileSync } = require('@swc/core');

require.extensions['.ts'] = (loaded, file) => {
  const { code } = transformFileSync(file, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    swcrc: false,
  });
  loaded._compile(code, file);
};
