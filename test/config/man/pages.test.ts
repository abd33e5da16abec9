/** The manual pages: one for every command of the tables, kept in docs/man, and taken by man without a word. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandRows, flagsOf, taskRows } from '../../../src/config/commands';
import { globalFlags } from '../../../src/config/ctl/globalFlags';
import { ctlCommands, ctlRows, flagsOfCtl } from '../../../src/config/ctl/table';
import { commandExitCodes, ctlExitCodes, exitCodes } from '../../../src/config/exitCodes';
import { manualPages } from '../../../src/config/man/pages';
import { allOptions } from '../../../src/config/options';

const ROOT = join(__dirname, '../../..');
const DIRECTORY = join(ROOT, 'docs/man');
const { version, man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  man: readonly string[];
};
const pages = manualPages(version);

/** What a reader sees of it, but for the layout. */
function read(name: string): string {
  return (pages.get(name) ?? '').replace(/\\f[BR]/g, '').replaceAll('\\-', '-');
}

it('docs/man is what scripts/configuration-docs.js writes, and what the package installs', () => {
  expect(readdirSync(DIRECTORY).sort()).toEqual([...pages.keys()].sort());
  for (const [name, text] of pages) expect([name, readFileSync(join(DIRECTORY, name), 'utf8')]).toEqual([name, text]);
  expect(man).toEqual([...pages.keys()].sort().map((name) => `./docs/man/${name}`));
});

it('no page is only the name of another one, which man finds in no clone', () => {
  expect([...pages].filter(([, text]) => text.startsWith('.so')).map(([name]) => name)).toEqual([]);
});

it('every command has a page', () => {
  for (const [word] of commandRows) expect(pages.has(`cairn-${word}.1`)).toBe(true);
  for (const [word] of ctlRows) expect(pages.has(`cairnctl-${word}.1`)).toBe(true);
  for (const [path] of ctlCommands) expect(read(`cairnctl-${path.split(' ')[0]}.1`)).toContain(`cairnctl ${path}`);
});

it('every option is on the page of its command', () => {
  for (const { name } of allOptions) expect(read('cairn.1')).toContain(`--${name}`);
  for (const [word] of taskRows)
    for (const name of Object.keys(flagsOf(word)))
      expect([word, read(`cairn-${word}.1`)]).toEqual([word, expect.stringContaining(`\n--${name}`)]);
  for (const name of Object.keys(globalFlags)) expect(read('cairnctl.1')).toContain(`\n--${name}`);
  for (const [path, row] of ctlCommands)
    for (const name of Object.keys(flagsOfCtl(row)))
      expect(read(`cairnctl-${path.split(' ')[0]}.1`)).toContain(`\n${name.length === 1 ? '-' : '--'}${name}`);
});

it('exit codes have the words of the table', () => {
  const words = (name: string, codes: object): void => {
    for (const { code, meaning } of Object.values(codes) as readonly { code: number; meaning: string }[])
      expect(read(name).replaceAll('\\(aq', "'")).toContain(`.TP\n${code}\n${meaning}`);
  };
  words('cairn.1', exitCodes);
  words('cairn-check.1', commandExitCodes);
  words('cairnctl-get.1', ctlExitCodes);
});

const render = (text: string) =>
  spawnSync('man', ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', '-'], {
    input: text,
    encoding: 'utf8',
    cwd: join(DIRECTORY, '..'),
  });
const hasMan = spawnSync('man', ['--version']).status === 0 && spawnSync('groff', ['--version']).status === 0;

if (!hasMan) test.skip('man takes every page (skipped: man is not installed)', () => undefined);
else {
  it('man takes every page without a warning', () => {
    for (const [name, text] of pages) {
      if (text.startsWith('.so ')) continue;
      const { status, stderr } = render(text);
      expect([name, status, stderr]).toEqual([name, 0, '']);
    }
  });

  it('man does warn of what is wrong', () => {
    expect(render('.TH X 1\n.nosuchrequest\n\\fQx\n').stderr).not.toBe('');
  });
}
