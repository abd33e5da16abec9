'use strict';

// Rewrites docs/configuration.md, docs/cairnctl.md and the manual pages in docs/man (and their list in package.json, by which npm installs them) from the tables of options, commands and exit codes. Needs `npm run build` first.

const { mkdirSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { generateCtlDocs } = require('../dist/config/ctl/docs.js');
const description = require('../package.json');
const { manualPages } = require('../dist/config/man/pages.js');
const { generateConfigurationDocs } = require('../dist/config/docs.js');

writeFileSync(join(__dirname, '..', 'docs', 'configuration.md'), generateConfigurationDocs());
writeFileSync(join(__dirname, '..', 'docs', 'cairnctl.md'), generateCtlDocs());

const manual = join(__dirname, '..', 'docs', 'man');
const pages = manualPages(description.version);
rmSync(manual, { recursive: true, force: true });
mkdirSync(manual);
for (const [name, text] of pages) writeFileSync(join(manual, name), text);
const man = [...pages.keys()].sort().map((name) => `./docs/man/${name}`);
writeFileSync(join(__dirname, '..', 'package.json'), `${JSON.stringify({ ...description, man }, null, 2)}\n`);
