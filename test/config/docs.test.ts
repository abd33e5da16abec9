import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateConfigurationDocs } from '../../src/config/docs';
import { exitCodes } from '../../src/config/exitCodes';
import { allOptions } from '../../src/config/options';
import { configurationOf } from './support';

const documentation = generateConfigurationDocs();

describe('docs/configuration.md', () => {
  it('is what scripts/configuration-docs.js writes', () => {
    const committed = readFileSync(join(__dirname, '..', '..', 'docs', 'configuration.md'), 'utf8');
    expect(committed).toBe(documentation);
  });

  it('has a row for every option and every older name', () => {
    for (const { name, option } of allOptions) {
      expect(documentation).toContain(option.status === 'command' ? `| \`--${name}\` |` : `| \`${name}\` |`);
      for (const spelling of option.spellings ?? []) expect(documentation).toContain(`| \`-${spelling.name}\` |`);
    }
  });

  it('has tables whose rows are as wide as their heads', () => {
    for (const block of documentation.split('\n\n').filter((part) => part.startsWith('|'))) {
      const widths = block
        .trim()
        .split('\n')
        .map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  it('shows a file that works', () => {
    const file = /```yaml\n([\s\S]*?)```/.exec(documentation)?.[1] ?? '';
    const configuration = configurationOf({ file });
    expect(configuration.name).toBe('infra0');
    expect([...configuration.initialCluster.keys()]).toEqual(['infra0', 'infra1', 'infra2']);
  });
});

describe('exit codes', () => {
  it('are numbers of their own, in order', () => {
    expect(Object.values(exitCodes).map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 130]);
  });

  it.each(Object.entries(exitCodes))('%s is documented', (name, { code, meaning }) => {
    expect(documentation).toContain(`| ${code} | \`${name}\` | ${meaning} |`);
  });
});
