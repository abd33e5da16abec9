/** What every command says of itself. */
import { commandWords, type CommandWord } from '../../src/config/commands';
import { check } from '../../src/ctl/check';
import { clearRemoved } from '../../src/ctl/clearRemoved';
import { healthcheck } from '../../src/ctl/healthcheck';
import { prestop } from '../../src/ctl/prestop';
import { retire } from '../../src/ctl/retire';
import { captureOutput } from './output';

/** `cairn discovery` runs a member and has its help. */
const runs: Readonly<Record<Exclude<CommandWord, 'discovery'>, (args: readonly string[]) => Promise<number>>> = {
  check,
  'clear-removed': (args) => clearRemoved(args, () => Promise.reject(new Error('nobody is asked'))),
  healthcheck,
  prestop,
  retire,
};
const output = captureOutput();

it('every command is tried', () => {
  expect(
    Object.keys(commandWords)
      .filter((word) => word !== 'discovery')
      .sort(),
  ).toEqual(Object.keys(runs).sort());
});

it.each(Object.entries(runs).flatMap(([word, run]) => ['--help', '-h'].map((flag) => [word, flag, run] as const)))(
  'cairn %s %s says how it is used, and does nothing',
  async (word, flag, run) => {
    expect(await run([flag])).toBe(0);
    expect(output.text()).toMatch(new RegExp(`^Usage: cairn ${word} \\[--`, 'm'));
  },
);
