'use strict';

/** `npm start`: makes the clone ready if it is not, then becomes one member. Options follow after `--`. */
require('./nodeVersion');
const { join } = require('node:path');
require('./endWithParent');
const { keepDebuggerShut } = require('./launcher');
const { prepare, refuse, ROOT } = require('./prepare');

/** npm keeps options that are not behind `--` for itself, and tells them to its scripts like this. */
function optionsKeptByNpm() {
  const { activeRows } = require(join(ROOT, 'dist', 'config', 'options.js'));
  // This one is npm's too.
  const names = activeRows.map(({ name }) => name).filter((name) => name !== 'proxy');
  return names.filter((name) => process.env[`npm_config_${name.replaceAll('-', '_')}`] !== undefined);
}

async function main() {
  keepDebuggerShut();
  await prepare();
  const [kept] = optionsKeptByNpm();
  if (kept !== undefined) {
    refuse(`npm has kept --${kept} for itself; write two dashes before Cairn's options: npm start -- --${kept}=...`);
  }
  require(join(ROOT, 'dist', 'cairn.js')).main();
}

void main();
