'use strict';

/**
 * jest's environment of Node.js, with the one thing that it changes taken back: on a terminal jest tells its workers to use colours (FORCE_COLOR), and
 * so every program that a test starts, whose output is read and compared.
 */
delete process.env.FORCE_COLOR;

module.exports = require('jest-environment-node');
