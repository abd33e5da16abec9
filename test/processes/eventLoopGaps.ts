/** The longest time for which the event loop of another process stood still, measured inside it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../cluster/waiting';

/**
 * Written as plain JavaScript, for `--require`. Processor time of the thread that has the event loop tells what it did itself from
 * what others kept it from; the first number of Linux's schedstat is just that, in nanoseconds.
 */
const HOOK = (file: string): string => `
const { writeFileSync, renameSync, openSync, readSync } = require('node:fs');
const stat = openSync('/proc/self/schedstat', 'r');
const text = Buffer.alloc(64);
const cpuMs = () => Number(text.latin1Slice(0, readSync(stat, text, 0, 64, 0)).split(' ')[0]) / 1e6;
let last = performance.now(), lastCpu = cpuMs(), gapMs = 0, busyMs = 0;
setInterval(() => {
  const now = performance.now(), cpu = cpuMs();
  gapMs = Math.max(gapMs, now - last);
  busyMs = Math.max(busyMs, Math.min(now - last, cpu - lastCpu));
  last = now;
  lastCpu = cpu;
}, 2).unref();
process.on('SIGUSR2', () => {
  const told = JSON.stringify({ gapMs, busyMs, rss: process.memoryUsage.rss() });
  gapMs = busyMs = 0;
  writeFileSync(${JSON.stringify(`${file}.new`)}, told);
  renameSync(${JSON.stringify(`${file}.new`)}, ${JSON.stringify(file)});
});
`;

export interface Gaps {
  /** The longest wait of a timer. */
  readonly gapMs: number;
  /** The longest the event loop's thread itself worked meanwhile. */
  readonly busyMs: number;
  readonly rss: number;
}

export class GapMeter {
  readonly hook: string;
  private readonly file: string;

  constructor(directory: string) {
    this.hook = join(directory, 'gaps.js');
    this.file = join(directory, 'gaps.json');
    writeFileSync(this.hook, HOOK(this.file));
  }

  /** Since the last call. */
  async take(pid: number): Promise<Gaps> {
    rmSync(this.file, { force: true });
    process.kill(pid, 'SIGUSR2');
    return until('the gaps are told', 60_000, () =>
      Promise.resolve(existsSync(this.file) ? (JSON.parse(readFileSync(this.file, 'utf8')) as Gaps) : undefined),
    );
  }
}
