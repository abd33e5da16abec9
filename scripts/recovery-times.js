'use strict';

// How long Cairn and a real etcd 3.4 are away after a crash, measured side by side on this machine.
//
//   node scripts/recovery-times.js [--rounds 5] [--keys 100000] [--heartbeat-interval 100] [--election-timeout 1000]

const { spawnSync } = require('node:child_process');
const { cpus } = require('node:os');
const { parseArgs } = require('node:util');
const { refuseWithoutCairn, runMain } = require('./realMembers');
const { measureRecovery, median } = require('../test/cluster/recovery.ts');

const ROWS = [
  ['leader killed -9 to the next write', 'leaderKilledMs'],
  ['three members restarted to all healthy', 'restartedMs'],
];

async function main() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      keys: { type: 'string', default: '100000' },
      'heartbeat-interval': { type: 'string', default: '100' },
      'election-timeout': { type: 'string', default: '1000' },
    },
  });
  refuseWithoutCairn();
  const hasEtcd = spawnSync('etcd', ['--version']).status === 0;
  if (!hasEtcd) process.stderr.write('etcd is not installed (Debian package etcd-server): Cairn is measured alone\n');
  const plan = {
    rounds: Number(values.rounds),
    keys: Number(values.keys),
    heartbeatIntervalMs: Number(values['heartbeat-interval']),
    electionTimeoutMs: Number(values['election-timeout']),
  };
  const programs = hasEtcd ? ['cairn', 'etcd'] : ['cairn'];
  const times = await measureRecovery(plan, programs, (line) => process.stderr.write(`${line}\n`));
  print(plan, times);
}

function print(plan, times) {
  const { rounds, keys, heartbeatIntervalMs, electionTimeoutMs } = plan;
  process.stdout.write(
    `Node ${process.version}, ${cpus().length} CPUs; ${keys} keys, ${rounds} rounds, ` +
      `heartbeat ${heartbeatIntervalMs} ms, election timeout ${electionTimeoutMs} ms; medians (all rounds)\n`,
  );
  for (const [name, field] of ROWS) {
    process.stdout.write(`${name}\n`);
    for (const [program, found] of times) {
      const all = found[field].map((ms) => Math.round(ms)).join(', ');
      process.stdout.write(`  ${program.padEnd(6)} ${Math.round(median(found[field]))} ms (${all})\n`);
    }
    const [cairn, etcd] = ['cairn', 'etcd'].map((program) => times.get(program)?.[field]);
    if (cairn !== undefined && etcd !== undefined) {
      process.stdout.write(`  ratio  ${(median(cairn) / median(etcd)).toFixed(2)} (Cairn / etcd)\n`);
    }
  }
}

runMain(main);
