/** On a terminal jest tells its workers to use colours, and they told the programs that tests start: `npm test` failed there, and nowhere else. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const PLAIN = 'a program that a test starts prints what is compared without colours';

test(PLAIN, () => {
  const { stdout } = spawnSync(process.execPath, ['-e', 'console.log(5)'], { encoding: 'utf8' });
  expect(stdout).toBe('5\n');
});

// As the workers of a terminal; this one may have none.
test('also where jest itself is told to use them', () => {
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const { status, stderr } = spawnSync(
    process.execPath,
    [jest, '--runInBand', '-t', PLAIN, '--runTestsByPath', __filename],
    {
      cwd: ROOT,
      env: { ...process.env, FORCE_COLOR: '1' },
      encoding: 'utf8',
    },
  );
  expect([status, stderr]).toEqual([0, expect.stringMatching(/1 passed/)]);
});
