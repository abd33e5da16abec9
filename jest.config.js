'use strict';

const { availableParallelism } = require('node:os');

/** Types are checked by `npm run types`; here swc only strips them, so a test starts at once. */
module.exports = {
  testEnvironment: '<rootDir>/test/support/environment.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // What is loaded late is named with the ending that it has when it is built.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'] },
  // Each look at a global of the sandbox is answered by a slow hook, and whoever hashes looks at Math for each character: half the time of
  // a simulation went there. These become parameters of every module instead: none that fake timers replace, and none that a library
  // declares for itself (Array, Boolean, JSON, Promise, Set, URL).
  sandboxInjectedGlobals: [
    'BigInt',
    'Buffer',
    'Error',
    'Map',
    'Math',
    'Number',
    'Object',
    'String',
    'Symbol',
    'Uint8Array',
  ],
  // Three at least, also on two processors: most tests wait for members more than they compute. In one process, the default on one,
  // what one file leaves behind slows down the next.
  maxWorkers: Math.max(3, availableParallelism() - 1),
  // Ends what hangs. What has to be quick says so itself: on a busy machine everything else may take its time.
  testTimeout: 180_000,
};
