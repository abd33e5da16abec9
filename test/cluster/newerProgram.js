'use strict';

/**
 * The program that was built, as if the change of peer URLs belonged to feature level 2. Runs the modules of dist one by one, because what
 * they share can be changed there before the program begins.
 */
const { join } = require('node:path');

const DIST = join(__dirname, '..', '..', 'dist');

require(join(DIST, 'machine', 'commands', 'memberCommands.js')).UPDATE_MEMBER.level = 2;
require(join(DIST, 'main.js'));
