'use strict';

/**
 * What the steps that make a clone ready have in common: their words, the commands they run, one process at a time, and stamps, which say
 * of what the last one of a step was made.
 * Plain JavaScript on Node's own modules, because nothing else is there yet.
 */
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { constants } = require('node:os');
const { join, relative } = require('node:path');
const { runChild, ROOT } = require('./child');
const { withLock } = require('./lock');

const STAMPS = join(ROOT, 'node_modules', '.cairn');

function say(text) {
  process.stderr.write(`cairn: ${text}\n`);
}

/** As exitCodes.badConfiguration of the program, which may not be built yet. */
const USAGE_EXIT_CODE = 2;

/** As exitCodes.unexpectedFailure. */
const FAILED = 1;

/** Ends the process: what was asked for makes no sense. */
function refuse(text) {
  say(text);
  process.exit(USAGE_EXIT_CODE);
}

function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(relative(ROOT, path)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

function isCurrent(step, key) {
  const stamp = join(STAMPS, step);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === key;
}

function markCurrent(step, key) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(join(STAMPS, step), key);
}

/** Before the step begins: should it end half done, what it leaves is not taken for whole. */
function markUnfinished(step) {
  rmSync(join(STAMPS, step), { force: true });
}

/**
 * Runs a command and shows its output; the process ends with the command's exit code if it fails. A signal to this process is
 * passed on, and ends it once the command has ended: no `npm ci` goes on alone.
 */
async function run(command, args) {
  const onStop = () => say('stopping');
  const { code, error, stoppedBy } = await runChild(command, args, ['ignore', 'inherit', 'inherit'], onStop);
  if (stoppedBy !== undefined) {
    say(`stopped by ${stoppedBy}; the next start goes on from here`);
    process.exit(128 + constants.signals[stoppedBy]);
  }
  if (error) say(`${command} could not be started: ${error.message}`);
  if (code !== 0) {
    say(`\`${command} ${args.join(' ')}\` failed; what it printed above says why`);
    process.exit(code ?? 1);
  }
}

/** As the files of a clone that somebody else made ready. */
const OF_OTHERS = ['EACCES', 'EPERM'];
const FULL = ['ENOSPC', 'EDQUOT'];
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** What helps where the file system refuses something. */
function adviceOn({ code, syscall }) {
  if (FULL.includes(code)) return 'make room there';
  if (syscall === 'link' && NO_LINKS.includes(code)) return 'put the clone on a file system that has hard links';
  if (OF_OTHERS.includes(code)) return 'run this as the owner of the clone, or give it to this user (chown -R)';
  return 'look at what is there';
}

/** Ends the process with a sentence where the file system refuses something; npm would say it in forty lines. */
async function orSentence(work) {
  try {
    return await work();
  } catch (error) {
    if (error.code === undefined || error.syscall === undefined) throw error;
    const place = error.dest ?? error.path ?? ROOT;
    say(
      `the clone cannot be made ready: ${error.code} at ${place} (${error.syscall}); ${adviceOn(error)}, and start this again`,
    );
    process.exit(FAILED);
  }
}

/** Does the work while no other process works on this clone. */
function alone(work) {
  return withLock(join(ROOT, '.cache', 'prepare.lock'), say, work);
}

module.exports = { alone, digest, isCurrent, markCurrent, markUnfinished, orSentence, refuse, run, say, ROOT };
