/** What the exit code says of a command, in a process of its own. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { join } from 'node:path';

const MODULE = join(__dirname, '..', '..', 'dist', 'app', 'standardOutput.js');

function run(code: string): SpawnSyncReturns<string> {
  const script = `const { expectAnEnd, setExitCode } = require(${JSON.stringify(MODULE)});
    const ended = expectAnEnd((text) => process.stderr.write(text));
    ${code}`;
  return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
}

test('a command that waits for what never comes has failed', () => {
  const { status, stderr } = run('void new Promise(() => undefined).then(ended)');
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^cairn: the command ended in the midst of its work[^\n]*\n$/),
  ]);
});

test.each([
  ['0', 'ended(); setExitCode(0)', 0],
  ['another number', 'ended(); setExitCode(2)', 2],
  ['an end that was meant', 'process.exit(0)', 0],
  ['what goes on by itself', 'ended()', 0],
  ['0 where something could not be written', 'process.exitCode = 1; ended(); setExitCode(0)', 1],
])('%s', (_, code, status) => {
  expect(run(code)).toMatchObject({ status, stderr: '' });
});
