/** The longest time for which the event loop of another process stood still, measured inside it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../cluster/waiting';

/** Written as plain JavaScript, for `--require`. Processor time tells what the process did itself from what others kept it from. */
const HOOK = (file: string): string => `
const { writeFileSync, renameSync } = require('node:fs');
let last = performance.now(), lastCpu = process.cpuUsage(), gapMs = 0, busyMs = 0;
setInterval(() => {
  const now = performance.now(), cpu = process.cpuUsage(lastCpu);
  gapMs = Math.max(gapMs, now - last);
  busyMs = Math.max(busyMs, Math.min(now - last, (cpu.user + cpu.system) / 1000));
  last = now;
  lastCpu = process.cpuUsage();
}, 2).unref();
process.on('SIGUSR2', () => {
  const text = JSON.stringify({ gapMs, busyMs, rss: process.memoryUsage.rss() });
  gapMs = busyMs = 0;
  writeFileSync(${JSON.stringify(`${file}.new`)}, text);
  renameSync(${JSON.stringify(`${file}.new`)}, ${JSON.stringify(file)});
});
`;

export interface Gaps {
  /** The longest wait of a timer. */
  readonly gapMs: number;
  /** The longest the process itself worked meanwhile, on any of its threads. */
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
    return until('the gaps are told', 30_000, () =>
      Promise.resolve(existsSync(this.file) ? (JSON.parse(readFileSync(this.file, 'utf8')) as Gaps) : undefined),
    );
  }
}
