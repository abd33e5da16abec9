'use strict';

/**
 * Fails where a library that the program runs on has a known weakness of severity high or critical. A registry that cannot be asked
 * is said and does not fail: whether it answers says nothing of the change.
 *
 *   node scripts/ci/audit.js
 */
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

const ROOT = join(__dirname, '..', '..');
const SEVERE = ['high', 'critical'];
const TIMEOUT_MS = 120_000;

/**
 * What `npm audit --json` says.
 *
 * @param {string} output its standard output
 * @returns {{ ok: boolean, line: string }}
 */
function verdictOf(output) {
  const report = parsed(output);
  const counts = report?.metadata?.vulnerabilities;
  if (counts === undefined) {
    const reason = report?.error?.summary || report?.message || output.trim().split('\n')[0] || 'no answer';
    return { ok: true, line: `audit: NOT DONE, the registry cannot be asked: ${reason}` };
  }
  const severe = Object.entries(report.vulnerabilities ?? {})
    .filter(([, { severity }]) => SEVERE.includes(severity))
    .map(([name, { severity }]) => `${name} (${severity})`);
  if (severe.length > 0)
    return { ok: false, line: `audit: known weaknesses in ${severe.join(', ')}; see npm audit --omit=dev` };
  const others = Object.values(counts.total === undefined ? counts : { total: counts.total }).reduce(
    (sum, n) => sum + n,
    0,
  );
  return { ok: true, line: `audit: none of severity high or critical, ${others} of less` };
}

function parsed(output) {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

module.exports = { verdictOf };
if (require.main === module) {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  const { ok, line } = verdictOf(stdout ?? '');
  console.log(line);
  process.exitCode = ok ? 0 : 1;
}
