'use strict';

/**
 * `npm run cluster`: three members on this machine, to play with. Data stays in the folder ./cluster.etcd; Ctrl-C stops all.
 * Options after `--` go to every member. Each line of a member begins with its name.
 */
require('./nodeVersion');
const { spawn } = require('node:child_process');
const { join } = require('node:path');
require('./endWithParent');
const { refuseKeptOption } = require('./keptByNpm');
const { prefixedLines } = require('./prefixedLines');
const { prepare, refuse, say, ROOT } = require('./prepare');

const COLORS = { node1: '\x1b[36m', node2: '\x1b[35m', node3: '\x1b[34m' };
const COLOR_END = '\x1b[0m';

const MEMBERS = [1, 2, 3].map((number) => ({
  name: `node${number}`,
  client: `http://127.0.0.1:${number}2379`,
  peer: `http://127.0.0.1:${number}2380`,
}));

let isStopping = false;

/** What each member has for itself. */
function ownFlags({ name, client, peer }, initialCluster) {
  return {
    name,
    'data-dir': join('cluster.etcd', name),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': initialCluster,
  };
}

function refuseOwnFlags() {
  const names = [...Object.keys(ownFlags(MEMBERS[0], '')), 'help'];
  const given = process.argv.slice(2).map((arg) => /^--?([^=]*)/.exec(arg)?.[1]);
  const flag = names.find((name) => given.includes(name));
  if (flag === undefined) return;
  refuse(`--${flag} is for one member, and what stands here goes to all three; leave it out (npm start takes it)`);
}

async function main() {
  refuseOwnFlags();
  await prepare();
  refuseKeptOption('npm run cluster');
  // A terminal that was closed: the members end in order all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined).setMaxListeners(0);
  const initialCluster = MEMBERS.map(({ name, peer }) => `${name}=${peer}`).join(',');
  const running = new Set(MEMBERS.map((member) => start(member, initialCluster, () => running)));
  const clients = MEMBERS.map(({ client }) => client);
  say(`three members: ${clients.join(' ')}`);
  say(`for cairnctl and etcdctl, in another terminal: export ETCDCTL_ENDPOINTS=${clients.join()}`);

  // The terminal sends Ctrl-C to all of them; it is passed on all the same, because the signal may be for npm alone. The members
  // take both for one. This process ends when they have.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      isStopping = true;
      for (const child of running) child.kill(signal);
    });
  }
}

/** One member as a process; its exit code is that of all if it is not 0. */
function start(member, initialCluster, running) {
  const { name } = member;
  const flags = ownFlags(member, initialCluster);
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const given = process.argv.slice(2);
  const program = ['--require', join(__dirname, 'endWithParent.js'), join(ROOT, 'dist', 'cairn.js')];
  const child = spawn(process.execPath, [...program, ...args, ...given], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...looks(process.stderr), ...process.env },
  });
  for (const stream of ['stdout', 'stderr']) {
    child[stream].pipe(prefixedLines(prefix(name, process[stream]))).pipe(process[stream], { end: false });
  }
  // Its last lines come before this one.
  child.on('close', (code, signal) => {
    running().delete(child);
    say(`${name} ended with ${signal ?? `code ${code}`}`);
    const isAlone = signal !== null && !isStopping && running().size > 0;
    if (isAlone)
      say(`start ${name} again, in another terminal: npm start -- ${[...args, ...given].map(forShell).join(' ')}`);
    if (code !== 0 && !process.exitCode) process.exitCode = code ?? 1;
  });
  return child;
}

/** One word of a command line that can be pasted. */
function forShell(word) {
  return /^[-\w.,:/=@%+]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function prefix(name, stream) {
  return hasColors(stream) ? `${COLORS[name]}${name} |${COLOR_END} ` : `${name} | `;
}

/** To a member its standard error is a pipe; what a person sees of it is as if it were the terminal. */
function looks(stream) {
  return {
    ...(stream.isTTY === true && { ETCD_LOG_FORMAT: 'pretty' }),
    ...(hasColors(stream) && { FORCE_COLOR: '1' }),
  };
}

/** Node.js knows the terminals, and `NO_COLOR`. */
function hasColors(stream) {
  return stream.isTTY === true && stream.hasColors();
}

void main();
