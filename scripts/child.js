'use strict';

/** A program that runs in the clone, and takes the signals with it. */
const { spawn } = require('node:child_process');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** When a program that has nothing to put in order, and goes on, gets its signal again, and when it is killed. */
const AGAIN_AFTER_MS = 2000;
const KILL_AFTER_MS = 4000;

/**
 * Resolves when it has ended, with its exit code (null if there is none), with the error if it could not be started, and with
 * the first signal to this process, which was passed on.
 *
 * @param onStop called at the first signal; with it a program that goes on gets the signal once more, and then is killed
 */
async function runChild(program, args, stdio, onStop) {
  let stoppedBy;
  const insisting = [];
  const child = spawn(program, args, { cwd: ROOT, stdio });
  const stop = (signal) => {
    child.kill(signal);
    if (stoppedBy !== undefined) return;
    stoppedBy = signal;
    if (onStop === undefined) return;
    onStop(signal);
    insisting.push(setTimeout(() => child.kill(signal), AGAIN_AFTER_MS));
    insisting.push(setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS));
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
  const ended = await new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, error }));
    child.once('exit', (code) => resolve({ code }));
  });
  for (const timer of insisting) clearTimeout(timer);
  for (const signal of STOP_SIGNALS) process.off(signal, stop);
  return { ...ended, stoppedBy };
}

module.exports = { runChild, ROOT };
