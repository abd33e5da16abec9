'use strict';

/** Says from time to time that a step is still at work, and what may hold it up: a spinner alone looks the same for ever. */

/**
 * @param {number} everyMs
 * @param {(seconds: number) => void} say called with the whole seconds that the step has taken
 * @returns {() => void} ends it; nothing is said after that
 */
function remindEvery(everyMs, say) {
  const beganMs = performance.now();
  const timer = setInterval(() => {
    say(Math.round((performance.now() - beganMs) / 1000));
  }, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

module.exports = { remindEvery };
