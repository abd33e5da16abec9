'use strict';

/** npm keeps options that are not behind `--` for itself, and tells them to its scripts as variables: they would be lost without a word. */
const { join } = require('node:path');
const { refuse, ROOT } = require('./steps');

/** These are npm's too, and may be set for it. (Its `name` is for one command, and nobody's setting.) */
const OF_NPM = ['force', 'proxy', 'version'];

/** Ends the process if it has kept one. The program has to be built, older spellings are its own. */
function refuseKeptOption(command) {
  const { findFlag, flagNames, shapeOf } = require(join(ROOT, 'dist', 'config', 'options.js'));
  const kept = flagNames.find((name) => !OF_NPM.includes(name) && isKept(name));
  if (kept === undefined) return;
  const written = shapeOf(findFlag(kept)) === 'switch' ? `--${kept}` : `--${kept}=...`;
  refuse(`npm has kept --${kept} for itself; write two dashes before Cairn's options: ${command} -- ${written}`);
}

/** npm has no capitals in the names of variables. */
function isKept(name) {
  return process.env[`npm_config_${name.replaceAll('-', '_').toLowerCase()}`] !== undefined;
}

module.exports = { refuseKeptOption };
