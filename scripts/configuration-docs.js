'use strict';

// Rewrites docs/configuration.md from the tables of options and exit codes. Needs `npm run build` first.

const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { generateConfigurationDocs } = require('../dist/config/docs.js');

writeFileSync(join(__dirname, '..', 'docs', 'configuration.md'), generateConfigurationDocs());
