'use strict';

/**
 * Ends this process in order when the one that started it is gone. npm passes SIGINT and SIGTERM on, but not SIGHUP, and
 * cannot pass on what kills it: without this, the server would go on unseen and keep its ports.
 */
const ASK_AGAIN_MS = 250;

function endWithParent() {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, ASK_AGAIN_MS);
  timer.unref();
}

/** Whether npm started this process, or the script that did. By hand, `node scripts/start.js &` may outlive its shell. */
function isBelowNpm() {
  return process.env.npm_lifecycle_event !== undefined;
}

if (isBelowNpm()) endWithParent();
