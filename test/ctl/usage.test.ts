/** What every command says of itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandUsage } from '../../src/config/commandHelp';
import { commandTable, flagsOf, operandsOf, type TaskWord } from '../../src/config/commands';
import { authApply } from '../../src/ctl/authApply';
import { certs } from '../../src/ctl/certs';
import { check } from '../../src/ctl/check';
import { clearRemoved } from '../../src/ctl/clearRemoved';
import { doctor } from '../../src/ctl/doctor/doctor';
import { exportKeys } from '../../src/ctl/keyFile/export';
import { importKeys } from '../../src/ctl/keyFile/import';
import { sync } from '../../src/ctl/sync/sync';
import { migrate } from '../../src/ctl/migrate/migrate';
import { healthcheck } from '../../src/ctl/healthcheck';
import { mirror } from '../../src/ctl/mirror/mirror';
import { prestop } from '../../src/ctl/prestop';
import { retire } from '../../src/ctl/retire';
import { restoreOnce } from '../../src/ctl/snapshot/restoreOnce';
import { snapshot } from '../../src/ctl/snapshot/snapshot';
import { captureOutput } from './output';

/** `cairn discovery` runs a member and has its help; `cairn ctl` has pages of its own (test/ctl/etcdctl/pages.test.ts). */
const runs: Readonly<Record<TaskWord, (args: readonly string[]) => Promise<number>>> = {
  'auth-apply': authApply,
  certs: (args) => certs(args),
  check,
  doctor,
  'clear-removed': (args) => clearRemoved(args, () => Promise.reject(new Error('nobody is asked'))),
  'restore-once': (args) => restoreOnce(args, () => Promise.reject(new Error('nobody is asked'))),
  export: (args) => exportKeys(args),
  healthcheck,
  import: (args) => importKeys(args),
  mirror: (args) =>
    mirror(args, { logger: () => Promise.reject(new Error('nothing is done')), onStop: () => undefined }),
  migrate: (args) => migrate(args, { onStop: () => undefined }),
  prestop,
  retire,
  sync: (args) => sync(args),
  snapshot,
};
const output = captureOutput();

it('every command is tried', () => {
  expect(
    Object.keys(commandTable)
      .filter((word) => word !== 'discovery' && word !== 'ctl')
      .sort(),
  ).toEqual(Object.keys(runs).sort());
});

const words = Object.keys(runs) as TaskWord[];

/** What has to be given without a name; what stands in brackets does not. */
const wantedBy = (word: TaskWord): readonly string[] => operandsOf(word).filter((name) => !name.startsWith('['));

it.each(words.flatMap((word) => ['--help', '-h'].map((flag) => [word, flag] as const)))(
  'cairn %s %s says how it is used, and does nothing',
  async (word, flag) => {
    expect(await runs[word]([flag])).toBe(0);
    const text = output.text();
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(`Usage: ${commandUsage(word)} `);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    for (const [name, { placeholder, help, default: byDefault }] of Object.entries(flagsOf(word))) {
      const option = placeholder === undefined ? name : `${name} ${placeholder}`;
      const about = new RegExp(`^  --${option}\n((?:      .*\n)+)`, 'm').exec(text)?.[1] ?? '';
      const expected = placeholder === undefined ? help : (byDefault ?? 'Has to be given.');
      expect(about.replaceAll(/\s+/g, ' ')).toContain(expected);
    }
  },
);

it.each(words.flatMap((word) => Object.entries(flagsOf(word)).map(([name, flag]) => [word, name, flag] as const)))(
  'cairn %s refuses a --%s that cannot be',
  async (word, name, { bounds, placeholder }) => {
    const wrong =
      bounds === undefined ? [placeholder === 'URL' ? 'x' : ''] : [bounds.minimum - 1, bounds.maximum + 1, 'x'];
    for (const value of wrong) {
      const others = Object.entries(flagsOf(word)).flatMap(([other, { placeholder: needed, default: byDefault }]) =>
        other === name || needed === undefined || byDefault !== undefined ? [] : [`--${other}=1`],
      );
      const args = [...wantedBy(word).map(() => 'x'), `--${name}=${value}`, ...others];
      expect([value, await runs[word](args)]).toEqual([value, 2]);
      expect(output.text()).toContain(`--${name}`);
    }
  },
);

const numbersWanted = words.flatMap((word) =>
  Object.entries(flagsOf(word)).flatMap(([name, { bounds, default: byDefault }]) =>
    bounds === undefined || byDefault !== undefined ? [] : [[word, name] as const],
  ),
);

it.each(numbersWanted)('cairn %s says that --%s is missing, as of what is no number', async (word, name) => {
  const others = Object.entries(flagsOf(word)).flatMap(([other, { placeholder: needed, default: byDefault }]) =>
    other === name || needed === undefined || byDefault !== undefined ? [] : [`--${other}=1`],
  );
  expect(await runs[word]([...wantedBy(word).map(() => 'x'), ...others])).toBe(2);
  expect(output.text()).toBe(`cairn ${word}: --${name} is missing\n`);
});

it.each(words)('cairn %s says which arguments without a name it wants, and takes no others', async (word) => {
  const wanted = wantedBy(word);
  expect(await runs[word]([...wanted.map(() => 'x'), 'surplus'])).toBe(2);
  expect(output.text()).toContain('surplus');
  if (wanted.length === 0) return;
  expect(await runs[word](wanted.slice(1).map(() => 'x'))).toBe(2);
  expect(output.text()).toContain(`${wanted.at(-1)} is missing: cairn ${word}`);
});

it('docs/kubernetes.md shows the usage of those that pods run, as it is; docs/configuration.md has all', () => {
  const page = readFileSync(join(__dirname, '../../docs/kubernetes.md'), 'utf8');
  const shown = [...page.matchAll(/^\| `(cairn ([\w-]+)[^`]*)` /gm)].map(([, usage, word]) => [word, usage]);
  expect(shown).toEqual(shown.map(([word]) => [word, commandUsage(word as TaskWord)]));
  const run = ['check', 'retire', 'auth-apply', 'prestop', 'clear-removed', 'healthcheck'];
  expect(shown.map(([word]) => word)).toEqual(expect.arrayContaining(run));
});
