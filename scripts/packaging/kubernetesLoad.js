'use strict';

/**
 * A client inside the cluster that writes and reads without pause, and asks once more if a request fails. It runs in a pod of
 * the image under test, as `node -e` with this text, until its standard input ends; then it reads everything back and prints
 * one line of JSON: { written, read, retried, failed: [...], lost: [...], longestGapMs }.
 */
async function load(url, name) {
  const WRITERS = 4;
  const REQUEST_LIMIT_MS = 5000;
  const RETRY_MS = 100;
  const PAUSE_MS = 5;
  const report = { written: 0, read: 0, retried: 0, failed: [], lost: [], longestGapMs: 0 };
  const acknowledged = new Map();
  let isOver = false;
  process.stdin.resume().on('end', () => (isOver = true));
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  async function once(path, init) {
    const response = await fetch(url + path, { ...init, signal: AbortSignal.timeout(REQUEST_LIMIT_MS) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text.trim()}`);
    return JSON.parse(text);
  }

  async function twice(path, init) {
    try {
      return await once(path, init);
    } catch (first) {
      report.retried++;
      await sleep(RETRY_MS);
      return once(path, init).catch((second) => {
        const reason = (error) => error.cause?.message ?? error.message;
        throw new Error(`${new Date().toISOString()} ${path}: ${reason(first)}; then ${reason(second)}`);
      });
    }
  }

  async function writer(number) {
    let last = performance.now();
    for (let count = 0; !isOver; count++) {
      const key = `/v2/keys/${name}/${number}-${count % 500}`;
      const value = `${number}-${count}`;
      try {
        await twice(key, { method: 'PUT', body: new URLSearchParams({ value }) });
        acknowledged.set(key, value);
        report.written++;
        const { node } = await twice(`${key}?quorum=true`);
        report.read++;
        if (node.value !== value) report.lost.push(`${key} is ${node.value} instead of ${value}`);
        report.longestGapMs = Math.max(report.longestGapMs, Math.round(performance.now() - last));
        last = performance.now();
      } catch (error) {
        acknowledged.delete(key);
        report.failed.push(error.message);
      }
      await sleep(PAUSE_MS);
    }
  }

  await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)));
  for (const [key, value] of acknowledged) {
    const { node } = await twice(`${key}?quorum=true`);
    if (node.value !== value) report.lost.push(`${key} is ${node.value} instead of ${value}`);
  }
  console.log(JSON.stringify(report));
}

/** The program text for `node -e`. */
function loadProgram(url, name) {
  return `(${load})(${JSON.stringify(url)}, ${JSON.stringify(name)}).then(() => process.exit(0))`;
}

module.exports = { loadProgram };
