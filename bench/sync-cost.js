'use strict';

// What a synced write costs at the end of a growing file (RocksDB's log) and within one that was filled before (etcd's log,
// RocksDB's if it recycled its files). Run it on the disk in question: TMPDIR=/somewhere node bench/sync-cost.js

const fs = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const ROUNDS = 9;
const WRITES = 400;
const BLOCK = Buffer.alloc(512, 1);

/** The median time of one write with fdatasync, in milliseconds. */
function syncedWriteMs(path, isFilled) {
  const file = fs.openSync(path, 'w+');
  if (isFilled) {
    fs.writeSync(file, Buffer.alloc(WRITES * BLOCK.length));
    fs.fsyncSync(file);
  }
  const times = [];
  for (let at = 0; at < WRITES; at += 1) {
    const startedMs = performance.now();
    fs.writeSync(file, BLOCK, 0, BLOCK.length, at * BLOCK.length);
    fs.fdatasyncSync(file);
    times.push(performance.now() - startedMs);
  }
  fs.closeSync(file);
  return median(times);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

const folder = fs.mkdtempSync(join(tmpdir(), 'cairn-sync-'));
const growing = [];
const filled = [];
for (let round = 0; round < ROUNDS; round += 1) {
  growing.push(syncedWriteMs(join(folder, 'growing'), false));
  filled.push(syncedWriteMs(join(folder, 'filled'), true));
}
fs.rmSync(folder, { recursive: true });
const [growingMs, filledMs] = [median(growing), median(filled)];
process.stdout.write(
  `write and fdatasync: growing file ${growingMs.toFixed(3)} ms, filled file ${filledMs.toFixed(3)} ms, ` +
    `ratio ${(growingMs / filledMs).toFixed(2)} (medians of ${ROUNDS} rounds of ${WRITES})\n`,
);
