/** `cairn mirror` as a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { until } from '../cluster/waiting';

const ENTRY = process.env['CAIRN_ENTRY'] ?? join(__dirname, '../../dist/cairn.js');
const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class MirrorProcess {
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcess;
  private text = '';

  constructor(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [ENTRY, 'mirror', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    running.add(this.child);
    const collect = (data: Buffer): void => {
      this.text += data.toString('utf8');
    };
    this.child.stdout?.on('data', collect);
    this.child.stderr?.on('data', collect);
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        running.delete(this.child);
        resolve({ code, signal });
      });
    });
  }

  /** What it wrote. */
  get logs(): string {
    return this.text;
  }

  get isRunning(): boolean {
    return running.has(this.child);
  }

  kill(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Names may go between being listed and being read, as a mirror is at work: that it cannot be seen is no answer. */
export async function untilSo(isSo: () => boolean, mirror?: MirrorProcess): Promise<void> {
  await until('what is expected', 40_000, isSo).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${mirror?.logs ?? ''}`);
  });
}
