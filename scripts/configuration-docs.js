'use strict';

// Rewrites docs/configuration.md, docs/cairnctl.md and the manual pages in docs/man from the tables of options, commands and exit codes. Needs `npm run build` first.

const { mkdirSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { generateCtlDocs } = require('../dist/config/ctl/docs.js');
const { version } = require('../package.json');
const { manualPages } = require('../dist/config/man/pages.js');
const { generateConfigurationDocs } = require('../dist/config/docs.js');

writeFileSync(join(__dirname, '..', 'docs', 'configuration.md'), generateConfigurationDocs());
writeFileSync(join(__dirname, '..', 'docs', 'cairnctl.md'), generateCtlDocs());

const manual = join(__dirname, '..', 'docs', 'man');
rmSync(manual, { recursive: true, force: true });
mkdirSync(manual);
for (const [name, text] of manualPages(version)) writeFileSync(join(manual, name), text);
