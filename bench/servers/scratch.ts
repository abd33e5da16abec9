import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TMPFS_MAGIC = 0x01021994;

const scratch = mkdtempSync(join(tmpdir(), 'cairn-bench-'));
const children = new Set<ChildProcess>();
let directories = 0;

// Servers are killed by test/support/serverProcess.ts in the same event.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

/** A fresh directory under the temporary one; everything in it goes when the benchmark ends, however it ends. */
export function freshDirectory(name: string): string {
  const path = join(scratch, `${name}-${++directories}`);
  mkdirSync(path, { mode: 0o700 });
  return path;
}

/** Whether the data would lie in memory, where durable writes cost nothing. */
export function isInMemory(): boolean {
  return statfsSync(scratch).type === TMPFS_MAGIC;
}

/** Makes sure that a child that generates load ends with the benchmark. */
export function endWithBenchmark(child: ChildProcess): void {
  children.add(child);
  child.once('exit', () => children.delete(child));
}
