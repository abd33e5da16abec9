import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from '../../../src/config/ctl/differences';
import { generateCtlDocs } from '../../../src/config/ctl/docs';
import { ctlCommands } from '../../../src/config/ctl/table';

const documentation = generateCtlDocs();

it('docs/cairnctl.md is what scripts/configuration-docs.js writes', () => {
  expect(readFileSync(join(__dirname, '../../../docs/cairnctl.md'), 'utf8')).toBe(documentation);
});

it('has every command and every difference', () => {
  for (const [path] of ctlCommands) expect(documentation).toMatch(new RegExp(`^##+ cairnctl ${path}$`, 'm'));
  for (const name of Object.keys(differences)) expect(documentation).toContain(`| ${name} |`);
});

it('has tables whose rows are as wide as their heads', () => {
  for (const block of documentation.split('\n\n').filter((part) => part.startsWith('|'))) {
    const widths = block
      .split('\n')
      .filter((row) => row !== '')
      .map((row) => row.replaceAll('\\|', '').split('|').length);
    expect(new Set(widths).size).toBe(1);
  }
});
