'use strict';

/**
 * How long writes take while a snapshot is saved: one member with N keys (the first argument, 100,000 if absent) of 100 bytes, PUTs one after the
 * other before the save and during it. Needs a build. Prints a line for each of the two, and how long the save took.
 */
const { spawn, spawnSync } = require('node:child_process');
const { mkdtempSync, rmSync, statSync } = require('node:fs');
const { Agent, request } = require('node:http');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const ENTRY = join(__dirname, '../dist/cairn.js');
const KEYS = Number(process.argv[2] ?? 100_000);
const WRITERS = 64;
const BEFORE_MS = 5000;
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

function line(what, tookMs) {
  const at = (share) => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))].toFixed(1);
  console.log(`${what}: ${tookMs.length} PUTs, median ${at(0.5)} ms, 99% ${at(0.99)} ms, slowest ${at(1)} ms`);
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
    const untilMs = performance.now() + BEFORE_MS;
    line('before', await timed(port, () => performance.now() < untilMs));
    const file = join(directory, 'state.snap');
    const beganMs = performance.now();
    let isSaving = true;
    const save = spawn(process.execPath, [ENTRY, 'snapshot', 'save', file, `--url=${url}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const saved = new Promise((resolve) => save.once('exit', resolve)).then((code) => {
      isSaving = false;
      if (code !== 0) throw new Error('the snapshot could not be saved');
    });
    const [during] = await Promise.all([timed(port, () => isSaving), saved]);
    const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
    line('during', during);
    console.log(`saved ${KEYS} keys, ${statSync(file).size} bytes, in ${seconds} s`);
    const { status } = spawnSync(process.execPath, [ENTRY, 'snapshot', 'verify', file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error('the file is not whole');
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
