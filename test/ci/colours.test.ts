/** On a terminal jest tells its workers to use colours, and they told the programs that tests start: `npm test` failed there, and nowhere else. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

test.each([
  ['a program that a test starts', []],
  ['one that a worker of a terminal starts', [join(ROOT, 'test/support/plainEnvironment.js')]],
])('%s prints what is compared without colours', (_what, [environment]) => {
  const start = `require('node:child_process').execFileSync(process.execPath, ['-e', 'console.log(5)']).toString()`;
  const program =
    environment === undefined ? 'console.log(5)' : `require('${environment}'); process.stdout.write(${start})`;
  const env = environment === undefined ? undefined : { ...process.env, FORCE_COLOR: '1' };
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
    cwd: ROOT,
    encoding: 'utf8',
    ...(env && { env }),
  });
  expect([stdout, stderr]).toEqual(['5\n', '']);
});
