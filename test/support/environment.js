'use strict';

/** jest's environment of Node.js, with two things mended that it does to tests which start programs. */
const { TestEnvironment } = require('jest-environment-node');

// On a terminal jest tells its workers to use colours (FORCE_COLOR), and so every program that a test starts, whose output is compared.
delete process.env.FORCE_COLOR;

const GONE_EVERY_MS = 500;

/** Those whose tests are under way. */
const open = new Set();

/**
 * Tests have a copy of `process`, which is told of nothing: what they left to its `exit`, to kill the programs that they started and to
 * delete their directories, would never be done, also where a test failed before it could. A file that has ended is such an exit.
 */
class EndingEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    open.add(this);
  }

  async teardown() {
    this.end();
    await super.teardown();
  }

  /** Each for itself: one that fails keeps no other from what it does. */
  end() {
    if (!open.delete(this)) return;
    const copy = this.global.process;
    for (const listener of copy.listeners('exit')) {
      try {
        listener.call(copy, 0);
      } catch (error) {
        process.stderr.write(`at the end of a test file: ${error.stack}\n`);
      }
    }
  }
}

function endAll() {
  for (const environment of [...open]) environment.end();
}

process.on('exit', endAll);
// Ctrl-C, say. What jest goes by is that a signal ended its worker: after any other end it begins anew with the file.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    endAll();
    process.kill(process.pid, signal);
  });
}
// The end of the jest that this is a worker of. Not by its event: whoever listens for that keeps the worker from ending by itself.
const isWorker = process.send !== undefined;
setInterval(() => {
  if (isWorker && !process.connected) process.exit(1);
}, GONE_EVERY_MS).unref();

module.exports = EndingEnvironment;
