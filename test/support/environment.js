'use strict';

/** jest's environment of Node.js, with two things mended that it does to tests which start programs; it asks what each file leaves open. */
const { TestEnvironment } = require('jest-environment-node');

// On a terminal jest tells its workers to use colours (FORCE_COLOR), and so every program that a test starts, whose output is compared.
delete process.env.FORCE_COLOR;

const GONE_EVERY_MS = 500;

/** What keeps a worker from ending, and is of nobody but a test. Timers, and pipes to jest, are of others too. */
const LEFT_KINDS = ['TCPSocketWrap', 'TCPServerWrap', 'ProcessWrap'];
/** What was closed, or killed, is gone only a little later. Its option `leftWithinMs` is for its own tests. */
const LEFT_WITHIN_MS = 20_000;
const LEFT_EVERY_MS = 10;

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
    this.file = context.testPath;
    this.leftWithinMs = config.projectConfig.testEnvironmentOptions.leftWithinMs ?? LEFT_WITHIN_MS;
    this.before = held();
    /** That all tests of the file have: what one left that failed is no news, and would be told instead of its failure. */
    this.hasPassed = false;
    this.hasFailed = false;
  }

  handleTestEvent(event) {
    if (event.name === 'test_done' && event.test.errors.length > 0) this.hasFailed = true;
    if (event.name === 'run_finish') this.hasPassed = !this.hasFailed;
  }

  async teardown() {
    this.end();
    try {
      if (this.hasPassed) await this.refuseWhatIsLeft();
    } finally {
      await super.teardown();
    }
  }

  /** @throws where the file leaves connections, servers or programs behind, which the files after it in this process would suffer from */
  async refuseWhatIsLeft() {
    const untilMs = performance.now() + this.leftWithinMs;
    for (;;) {
      const now = held();
      const left = LEFT_KINDS.filter((kind) => now[kind] > this.before[kind]);
      if (left.length === 0) return;
      if (performance.now() > untilMs)
        throw new Error(`${this.file} leaves something open: ${left.join(', ')}. Close or kill it at its end.`);
      await new Promise((resolve) => setTimeout(resolve, LEFT_EVERY_MS));
    }
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

/** How many things of each kind keep this process from ending. By kind: the jest that runs tests itself has programs of its own, which end. */
function held() {
  const kinds = process.getActiveResourcesInfo();
  return Object.fromEntries(LEFT_KINDS.map((wanted) => [wanted, kinds.filter((kind) => kind === wanted).length]));
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
