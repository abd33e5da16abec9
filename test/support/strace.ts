import { spawnSync } from 'node:child_process';

const LIMIT_MS = 10_000;

/** Why no process can be traced here, in a sentence; undefined if one can. Containers often have strace and refuse it ptrace. */
export function whyNoStrace(): string | undefined {
  const { error, status } = spawnSync('strace', ['-o', '/dev/null', 'true'], { timeout: LIMIT_MS });
  if (error !== undefined) return 'strace is not installed';
  return status === 0 ? undefined : 'strace may not trace here';
}
