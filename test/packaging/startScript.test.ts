/** What `npm start` does around the program: `scripts/start.js`, and programs that it waits for. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Otherwise the scripts would make it ready, and begin with deleting the packages that the other tests go by. */
const { isReady } = jest.requireActual<{ isReady: () => boolean }>('../../scripts/prepare.js');
(isReady() ? describe : describe.skip)('options that npm has kept for itself are not lost without a word', () => {
  function start(script: string, variables: Readonly<Record<string, string>>) {
    return spawnSync(process.execPath, [join(ROOT, 'scripts', script)], {
      env: { ...process.env, ...variables },
      encoding: 'utf8',
    });
  }

  test.each([
    ['start.js', 'npm_config_data_dir', 'npm start -- --data-dir=...'],
    ['start.js', 'npm_config_config_file', 'npm start -- --config-file=...'],
    ['start.js', 'npm_config_print_config', 'npm start -- --print-config\n'],
    ['start.js', 'npm_config_name', 'npm start -- --name=...'],
    ['start.js', 'npm_config_peer_addr', 'npm start -- --peer-addr=...'],
    ['start.js', 'npm_config_snapshotcount', 'npm start -- --snapshotCount=...'],
    ['start.js', 'npm_config_wal_dir', 'npm start -- --wal-dir=...'],
    ['cluster.js', 'npm_config_log_level', 'npm run cluster -- --log-level=...'],
  ])('%s, %s', (script, variable, words) => {
    const { status, stderr } = start(script, { [variable]: '/nowhere' });
    expect(stderr).toContain(words);
    expect(status).toBe(2);
  });

  test('its own settings are none of them', () => {
    const own = { npm_config_proxy: 'http://p:1', npm_config_force: 'true', npm_config_cert: 'c', npm_config_key: 'k' };
    // What is refused next.
    const { stderr } = start('start.js', { ...own, npm_config_metrics: 'basic' });
    expect(stderr).toContain('npm has kept --metrics for itself');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
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
