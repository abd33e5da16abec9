'use strict';

// Rewrites docs/configuration.md and docs/cairnctl.md from the tables of options, commands and exit codes. Needs `npm run build` first.

const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { generateCtlDocs } = require('../dist/config/ctl/docs.js');
const { generateConfigurationDocs } = require('../dist/config/docs.js');

writeFileSync(join(__dirname, '..', 'docs', 'configuration.md'), generateConfigurationDocs());
writeFileSync(join(__dirname, '..', 'docs', 'cairnctl.md'), generateCtlDocs());
