'use strict';

/** A program that runs in the clone, and takes the signals with it. */
const { spawn } = require('node:child_process');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Resolves when it has ended, with its exit code (null if there is none), with the error if it could not be started, and with
 * the first signal to this process, which was passed on.
 */
async function runChild(program, args, stdio) {
  let stoppedBy;
  const child = spawn(program, args, { cwd: ROOT, stdio });
  const stop = (signal) => {
    stoppedBy = stoppedBy ?? signal;
    child.kill(signal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
  const ended = await new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, error }));
    child.once('exit', (code) => resolve({ code }));
  });
  for (const signal of STOP_SIGNALS) process.off(signal, stop);
  return { ...ended, stoppedBy };
}

module.exports = { runChild, ROOT };
