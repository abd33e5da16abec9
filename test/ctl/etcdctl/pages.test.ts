import { ctlCommands, ctlRows, flagsOfCtl } from '../../../src/config/ctl/table';
import { runCtl } from './inProcess';

const others = {
  list: [{ word: 'doctor', help: 'Ask every member and say what is wrong: much. And more.' }],
  find: (word: string) =>
    word === 'doctor'
      ? {
          flags: ['output'],
          takesSeveralUrls: () => false,
          run: (args: readonly string[]) => Promise.resolve(40 + args.length),
        }
      : undefined,
  version: () => '1.2.3',
};

it('the first page names every command, those of cairn too', async () => {
  const { code, stdout, stderr } = await runCtl(['--help'], { others });
  expect([code, stderr]).toEqual([0, '']);
  for (const word of [...ctlRows.map(([name]) => name), 'doctor'])
    expect(stdout).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
  expect(stdout).toContain('Ask every member and say what is wrong.');
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

it.each(ctlCommands.map(([path, row]) => [path, row] as const))(
  'cairnctl %s --help names its flags',
  async (path, row) => {
    const { code, stdout } = await runCtl([...path.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: cairnctl ${path} `.trimEnd());
    expect(stdout).toContain(row.help.split(' ').slice(0, 4).join(' '));
    for (const name of Object.keys(flagsOfCtl(row))) expect(stdout).toMatch(new RegExp(`--?${name}\\b`));
  },
);

it('hands what is a command of cairn on, and its arguments', async () => {
  expect(await runCtl(['doctor', '--output', 'json'], { others })).toEqual({ code: 42, stdout: '', stderr: '' });
  expect(await runCtl(['help', 'doctor'], { others })).toEqual({ code: 41, stdout: '', stderr: '' });
});

it('backup names what is there instead', async () => {
  const { code, stderr } = await runCtl(['backup', '--data-dir', '/x', '--backup-dir', '/y']);
  expect([code, stderr.includes('cairnctl snapshot save FILE')]).toEqual([1, true]);
});
