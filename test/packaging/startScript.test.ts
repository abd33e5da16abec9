/** What `npm start` does around the program: `scripts/start.js`, and programs that it waits for. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

const isReady = existsSync(join(ROOT, 'dist/cairn.js'));
(isReady ? test : test.skip)('options that npm has kept for itself are not lost without a word', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/start.js')], {
    env: { ...process.env, npm_config_data_dir: '/nowhere' },
    encoding: 'utf8',
  });
  expect(stderr).toContain('npm start -- --data-dir=...');
  expect(status).toBe(2);
});

test.each(['--data-dir=/nowhere', '--name', '--help'])('a cluster is not started with %s for all', (flag) => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/cluster.js'), flag], {
    encoding: 'utf8',
  });
  expect(stderr).toContain(`${flag.split('=')[0]} is for one member`);
  expect(status).toBe(2);
});

/** Waits for a program that goes on after so many signals, and stops it once. */
const WAITING = (deafTo: number): string => `
const { runChild } = require(${JSON.stringify(join(ROOT, 'scripts/child.js'))});
const program = \`let count = 0; process.on('SIGTERM', () => { if (++count > ${deafTo}) process.exit(7); });
setInterval(() => {}, 1000); process.stdout.write('ready', () => process.kill(process.ppid, 'SIGUSR2'));\`;
// However long it takes until the program listens.
process.once('SIGUSR2', () => process.kill(process.pid, 'SIGTERM'));
const told = runChild(process.execPath, ['-e', program], ['ignore', 'inherit', 'inherit'], () => process.stdout.write(' stopping'));
told.then(({ code, stoppedBy }) => console.log(\`\\n\${code} \${stoppedBy}\`));
`;

test.each([
  [0, /^ready stopping\n7 SIGTERM\n$/],
  [1, /^ready stopping\n7 SIGTERM\n$/],
  [9, /^ready stopping\nnull SIGTERM\n$/],
])(
  'a program that goes on after %i signals is ended all the same',
  (deafTo, expected) => {
    const { stdout } = spawnSync(process.execPath, ['-e', WAITING(deafTo)], { encoding: 'utf8', timeout: 60_000 });
    expect(stdout).toMatch(expected);
  },
  90_000,
);
