'use strict';

/** Groups of tests that need a program which npm does not install; without it they are skipped, and `npm test` says so. */
const { spawnSync } = require('node:child_process');
const { findHelm } = require('./chart/helm');

const LIMIT_MS = 10_000;

function isInstalled(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

function hasUtilLinuxScript() {
  return spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;
}

function mayTrace() {
  return spawnSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore', timeout: LIMIT_MS }).status === 0;
}

function reachesDocker() {
  return spawnSync('docker', ['version'], { stdio: 'ignore', timeout: LIMIT_MS }).status === 0;
}

/** One row a program: what is skipped without it, the folders that is in, and where the program comes from. */
const NEEDS = [
  {
    program: 'etcd',
    group: 'comparison with a real etcd',
    folders: ['test/differential', 'test/transcripts', 'test/processes/discovery', 'test/api/discovery'],
    from: 'Debian package etcd-server',
  },
  {
    program: 'etcdctl',
    group: 'the real etcdctl against Cairn',
    folders: ['test/processes'],
    from: 'Debian package etcd-client',
  },
  {
    program: 'strace',
    group: 'proof that batches are synced',
    folders: ['test/storage', 'test/metrics'],
    from: 'Debian package strace, and leave to trace (ptrace)',
  },
  {
    program: 'prometheus',
    group: 'a real Prometheus that scrapes a cluster',
    folders: ['test/metrics'],
    from: 'Debian package prometheus',
  },
  {
    program: 'promtool',
    group: 'the checks of rules and metric names',
    folders: ['test/metrics'],
    from: 'Debian package prometheus',
  },
  {
    program: 'helm',
    group: 'the chart',
    folders: ['test/helm'],
    from: 'https://helm.sh; for Linux on x64 it is fetched',
  },
  {
    program: 'chromium',
    group: 'the dashboard in a browser',
    folders: ['test/browser'],
    from: 'Debian package chromium',
  },
  { program: 'script', group: 'Cairn on a terminal', folders: ['test/terminal'], from: 'Debian package bsdutils' },
  { program: 'curl', group: 'the transcript of the README', folders: ['test/terminal'], from: 'Debian package curl' },
  { program: 'git', group: 'a start from a fresh clone', folders: ['test/terminal'], from: 'Debian package git' },
  {
    program: 'man',
    group: 'the manual pages as man shows them',
    folders: ['test/config/man'],
    from: 'Debian package man-db',
  },
  { program: 'docker', group: 'a container on a terminal', folders: ['test/terminal'], from: 'Docker Engine, running' },
];

const CHECKS = {
  helm: () => findHelm() !== undefined,
  script: hasUtilLinuxScript,
  strace: mayTrace,
  docker: reachesDocker,
};

/** The rows whose program is not here and whose tests are among these files (paths from the root). */
function missingFor(files) {
  return NEEDS.filter(({ folders }) =>
    files.some((file) => folders.some((folder) => file.startsWith(`${folder}/`))),
  ).filter(({ program }) => !(CHECKS[program] ?? isInstalled)(program));
}

module.exports = { missingFor };
