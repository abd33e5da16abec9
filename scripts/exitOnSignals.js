'use strict';

/** Signals end this process as an exit does: what was put off until then ('exit') is done. By themselves they end it without. */
function exitOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
}

module.exports = { exitOnSignals };
