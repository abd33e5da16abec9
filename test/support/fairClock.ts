/**
 * Time that counts only while the machine had a processor and a disk for everybody who wanted one. A limit of a second on what
 * members do says something about them; on a machine that is busy with others it would say something about those.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PRESSURE = '/proc/pressure';

/**
 * Starts a clock; what it answers are the milliseconds since, without those in which something had to wait for a processor, or
 * for the disk, whichever was more (the kernel's pressure figures), but never less than a tenth of it: what takes ten times
 * the limit is too slow on whatever machine. Where the kernel tells none, it is the time on the wall.
 */
export function startFairClock(directory = PRESSURE, nowMs: () => number = () => performance.now()): () => number {
  const waitedMs = (): readonly number[] => ['cpu', 'io'].map((what) => totalMs(join(directory, what)));
  const startMs = nowMs();
  const before = waitedMs();
  return () => {
    const lost = waitedMs().map((now, at) => now - before[at]!);
    const elapsedMs = nowMs() - startMs;
    return Math.max(elapsedMs / 10, elapsedMs - Math.max(...lost));
  };
}

function totalMs(path: string): number {
  try {
    return Number(/^some .*total=(\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}
