'use strict';

/**
 * How long writes take while a snapshot is saved: one member with N keys (the first argument, 100,000 if absent) of 100 bytes, PUTs one after the
 * other. In turns: without anything beside them, while a snapshot is saved, and while the file is verified, which is as much work in another process
 * and none for the member: what is slow there too is slow for want of a processor. Needs a build.
 */
const { spawn } = require('node:child_process');
const { mkdtempSync, rmSync, statSync } = require('node:fs');
const { Agent, request } = require('node:http');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const ENTRY = join(__dirname, '../dist/cairn.js');
const KEYS = Number(process.argv[2] ?? 100_000);
const WRITERS = 64;
const ROUNDS = 2;
const WITHOUT_MS = 5000;
const agent = new Agent({ keepAlive: true, maxSockets: WRITERS });

function put(port, key, value) {
  const body = `value=${value}`;
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length };
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent, host: '127.0.0.1', port, method: 'PUT', path: `/v2/keys/${key}`, headers },
      (answer) => {
        answer.resume();
        answer.on('end', () => {
          if (answer.statusCode === 200 || answer.statusCode === 201) resolve();
          else reject(new Error(`PUT was answered with ${answer.statusCode}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function fill(port) {
  let next = 0;
  const writer = async () => {
    while (next < KEYS) {
      const at = next++;
      await put(port, `load/${at % 1000}/${at}`, 'x'.repeat(100));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

/** PUTs one after the other for as long as `isGoingOn`; answers how long each took, in order of length. */
async function timed(port, isGoingOn) {
  const tookMs = [];
  while (isGoingOn()) {
    const beganMs = performance.now();
    await put(port, 'timed', String(tookMs.length));
    tookMs.push(performance.now() - beganMs);
  }
  return tookMs.sort((a, b) => a - b);
}

/** PUTs for as long as `cairn snapshot ARGS` takes. */
async function timedBeside(port, what, ...args) {
  const beganMs = performance.now();
  let isGoingOn = true;
  const command = spawn(process.execPath, [ENTRY, 'snapshot', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => command.once('exit', resolve)).then((code) => {
    isGoingOn = false;
    if (code !== 0) throw new Error(`${what} failed`);
  });
  const [tookMs] = await Promise.all([timed(port, () => isGoingOn), ended]);
  line(`${what} (${((performance.now() - beganMs) / 1000).toFixed(1)} s)`, tookMs);
}

function line(what, tookMs) {
  const at = (share) => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))].toFixed(1).padStart(5);
  console.log(
    `${what.padEnd(15)} ${String(tookMs.length).padStart(5)} PUTs, median ${at(0.5)} ms, 99% ${at(0.99)} ms, slowest ${at(1)} ms`,
  );
}

async function stablePort() {
  const server = require('node:net').createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilHealthy(port) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const { ok } = await fetch(`http://127.0.0.1:${port}/health`).catch(() => ({ ok: false }));
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the member does not come up');
}

async function main() {
  const directory = mkdtempSync(join(tmpdir(), 'cairn-snapshot-load-'));
  const [port, peerPort] = [await stablePort(), await stablePort()];
  const url = `http://127.0.0.1:${port}`;
  const flags = [
    `--data-dir=${join(directory, 'data')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
  ];
  const member = spawn(process.execPath, [ENTRY, ...flags, `--listen-peer-urls=http://127.0.0.1:${peerPort}`], {
    stdio: 'ignore',
  });
  const exited = new Promise((resolve) => member.once('exit', resolve));
  try {
    await untilHealthy(port);
    await fill(port);
    const file = join(directory, 'state.snap');
    for (let round = 1; round <= ROUNDS; round += 1) {
      const untilMs = performance.now() + WITHOUT_MS;
      line('without', await timed(port, () => performance.now() < untilMs));
      await timedBeside(port, 'save', 'save', file, '--replace', `--url=${url}`);
      await timedBeside(port, 'verify', 'verify', file);
    }
    console.log(`${KEYS} keys, ${statSync(file).size} bytes`);
  } finally {
    member.kill('SIGKILL');
    await exited;
    agent.destroy();
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
