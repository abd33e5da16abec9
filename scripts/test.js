'use strict';

/** `npm test`: makes the clone ready if it is not, then runs the tests. Arguments after `--` go to jest. */
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { prepare, say, ROOT } = require('./prepare');

/** Groups of tests that need a program of the system; without it they are skipped, and this says so. */
const NEEDS = [
  { program: 'etcd', group: 'comparison with a real etcd (test/differential)', package: 'etcd-server' },
  { program: 'etcdctl', group: 'the real etcdctl against Cairn (test/processes/etcdctl)', package: 'etcd-client' },
  { program: 'strace', group: 'proof that batches are synced (test/storage)', package: 'strace' },
];

function isInstalled(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

prepare();
for (const { program, group, package: name } of NEEDS) {
  if (!isInstalled(program)) say(`skipped: ${group}, because \`${program}\` is not installed (Debian package ${name})`);
}
const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
const { status } = spawnSync(process.execPath, [jest, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
process.exit(status ?? 1);
