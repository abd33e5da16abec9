/** What is printed where nobody reads it, or where it cannot be put; and what an exit code says of a command. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '..', '..', 'dist', 'cairn.js');
const CTL = join(__dirname, '..', '..', 'dist', 'cairnctl.js');
const PRINTING = [['--help'], ['--version'], ['--print-config'], ['check', '--help'], ['discovery', '--help']];

test.each(PRINTING)('%s %s into a pipe that is closed is no fault', async (...args) => {
  const process = spawn(globalThis.process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  process.stdout.destroy();
  let complaints = '';
  process.stderr.on('data', (piece: Buffer) => (complaints += piece.toString()));
  expect(await once(process, 'close')).toEqual([0, null]);
  expect(complaints).toBe('');
});

test('a mistake that is told to nobody keeps its exit code', async () => {
  const process = spawn(globalThis.process.execPath, [PROGRAM, 'check', '--nonsense'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.stdout.destroy();
  process.stderr.destroy();
  expect(await once(process, 'close')).toEqual([2, null]);
});

test('a place that is full is told, in one line', () => {
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, '--help'], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^cairn: the output cannot be written: ENOSPC[^\n]*\n$/);
  expect(status).toBe(1);
});

test.each([['--help'], ['completion', 'bash']])('cairnctl %s tells it too', (...args) => {
  const { status, stderr } = spawnSync(process.execPath, [CTL, ...args], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^cairn: the output cannot be written: ENOSPC[^\n]*\n$/);
  expect(status).toBe(1);
});
