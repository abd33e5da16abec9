'use strict';

/**
 * Writes dist/program.js.cache: runs one member for a moment, asks it what members are asked, and keeps the code that V8
 * compiled for that. warmCtl.js does the same for cairnctl. Ends with 1 if the member does not answer.
 */
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { load, run, CODE_CACHE } = require('../dist/cairn.js');
const { freePorts } = require('./packaging/ports');

const PATIENCE_MS = 20_000;
const ASK_AGAIN_MS = 20;

async function main() {
  const [clientPort, peerPort] = await freePorts(2);
  const folder = mkdtempSync(join(tmpdir(), 'cairn-warm-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const client = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  process.argv = [process.argv[0], process.argv[1], '--data-dir', join(folder, 'data'), '--log-level', 'error'];
  process.argv.push('--listen-client-urls', client, '--advertise-client-urls', client);
  process.argv.push(
    '--listen-peer-urls',
    peer,
    '--initial-advertise-peer-urls',
    peer,
    '--initial-cluster',
    `default=${peer}`,
  );
  const script = load();
  run(script);
  await healthy(client);
  await fetch(`${client}/v2/keys/warm`, { method: 'PUT', body: new URLSearchParams({ value: 'x' }) });
  for (const path of ['/v2/keys/warm', '/v2/keys/?recursive=true', '/v2/members', '/metrics']) {
    const answer = await fetch(client + path);
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
    await answer.text();
  }
  writeFileSync(CODE_CACHE, script.createCachedData());
  const warmed = spawn(process.execPath, [join(__dirname, 'warmCtl.js'), client], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(warmed, 'exit');
  if (code !== 0) throw new Error(`cairnctl ends with ${code}`);
  process.exit(0);
}

async function healthy(client) {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await fetch(`${client}/health`).catch(() => undefined);
    await answer?.text();
    if (answer?.ok) return;
    if (Date.now() > deadlineMs) throw new Error('the member does not become healthy');
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

main().catch((error) => {
  process.stderr.write(`cairn: ${error.stack}\n`);
  process.exit(1);
});
