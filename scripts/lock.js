'use strict';

/** One process of this machine at a time, by a file with the number of the process that is at work. */
const { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const ASK_AGAIN_MS = 200;

/** The process at work, if it still runs. */
function holderOf(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // Another user's process cannot be signalled, and runs.
    return error.code === 'EPERM' ? 'of another user' : undefined;
  }
}

/** The file appears with its content, by a link: nobody reads it half written. */
function take(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Does the work while no other process does. Waits for another one, saying so once; takes over from one that was killed.
 * The file is also removed when the process ends during the work.
 */
async function withLock(path, say, work) {
  mkdirSync(dirname(path), { recursive: true });
  let hasSaid = false;
  while (!take(path)) {
    const holder = holderOf(path);
    if (holder === undefined) {
      rmSync(path, { force: true });
      continue;
    }
    if (!hasSaid) say(`waiting for process ${holder}, which is making this clone ready (${path})`);
    hasSaid = true;
    await sleep(ASK_AGAIN_MS);
  }
  const release = () => rmSync(path, { force: true });
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

module.exports = { withLock };
