'use strict';

/**
 * `npm run cluster`: three members on this machine, to play with. Data stays in the folder ./cluster.etcd; Ctrl-C stops all.
 * Options after `--` go to every member.
 */
const { spawn } = require('node:child_process');
const { join } = require('node:path');
const { prepare, say, ROOT } = require('./prepare');

const MEMBERS = [1, 2, 3].map((number) => ({
  name: `node${number}`,
  client: `http://127.0.0.1:${number}2379`,
  peer: `http://127.0.0.1:${number}2380`,
}));

prepare();
const initialCluster = MEMBERS.map(({ name, peer }) => `${name}=${peer}`).join(',');
const processes = MEMBERS.map(({ name, client, peer }) => {
  const flags = {
    name,
    'data-dir': join('cluster.etcd', name),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': initialCluster,
  };
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'cairn.js'), ...args, ...process.argv.slice(2)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  child.on('exit', (code, signal) => {
    say(`${name} ended with ${signal ?? `code ${code}`}`);
  });
  return child;
});
say(`three members: ${MEMBERS.map(({ client }) => client).join(' ')}`);

// The terminal sends Ctrl-C to all of them; a SIGTERM to this process is passed on. It ends when they have.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => {
  for (const child of processes) child.kill('SIGTERM');
});
