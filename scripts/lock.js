'use strict';

/** One process of this machine at a time, by a file that says which process is at work. */
const {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} = require('node:fs');
const { dirname } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const ASK_AGAIN_MS = 200;
const GONE_MS = 20;
/** A process that cannot be looked for, as one in another container, shows so often that it is there, and is taken for dead without. */
const SIGN_EVERY_MS = 2000;
const SILENT_MS = 30_000;

/** What tells a process from those that have its number later, or elsewhere; empty where the system does not say. */
function marksOf(pid) {
  try {
    // The name in parentheses may hold anything; what stands behind it begins with the third field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return { began: `${boot} ${fields[19]}`, space: readlinkSync('/proc/self/ns/pid') };
  } catch {
    return { began: '', space: '' };
  }
}

/** What the file says. Undefined: nothing that a process at work wrote. */
function readHolder(path) {
  try {
    const text = readFileSync(path, 'utf8');
    const { pid, began, space } = JSON.parse(text);
    return Number.isInteger(pid) && pid > 0 ? { text, pid, began, space } : { text };
  } catch (error) {
    return error.code === 'ENOENT' ? undefined : { text: undefined };
  }
}

function isAtWork({ pid, began, space }, path) {
  if (pid === undefined) return false;
  const own = marksOf(process.pid);
  if (space !== own.space) return Date.now() - mtimeOf(path) < SILENT_MS;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process cannot be signalled, and runs.
    if (error.code !== 'EPERM') return false;
  }
  const now = marksOf(pid);
  return began === '' || now.began === '' || now.began === began;
}

function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function mtimeOf(path) {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/** The file appears with its content, by a link: nobody reads it half written. */
function take(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify({ pid: process.pid, ...marksOf(process.pid) }));
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

/** Of two that find the same file left behind, the second must not take away what the first wrote since. */
function removeLeft(path, text) {
  const aside = `${path}.left.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readHolder(aside)?.text !== text) linkSync(aside, path);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    // It may be a directory: a container that mounts a file which is not there makes one.
    rmSync(aside, { force: true, recursive: true });
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
    const holder = readHolder(path);
    if (holder === undefined) {
      // It has just gone; or it is a link to nothing, which nobody at work made.
      if (isLink(path)) removeLeft(path);
      await sleep(GONE_MS);
      continue;
    }
    if (!isAtWork(holder, path)) {
      removeLeft(path, holder.text);
      continue;
    }
    if (!hasSaid) say(`waiting for process ${holder.pid}, which is making this clone ready (${path})`);
    hasSaid = true;
    await sleep(ASK_AGAIN_MS);
  }
  const release = () => rmSync(path, { force: true });
  const sign = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // Somebody cleared the cache.
    }
  }, SIGN_EVERY_MS);
  sign.unref();
  process.on('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(sign);
    process.off('exit', release);
    release();
  }
}

module.exports = { withLock };
