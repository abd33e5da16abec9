/** A program that may run for as long as something is held. */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { whyUnreadable } from '../whyUnreadable';

const KILLED_AFTER_MS = 10_000;
const BY_SIGNAL = 128;

export class Guarded {
  /** Its exit code, as a shell says it. Rejects if it cannot be started. */
  readonly ended: Promise<number>;
  private readonly child: ChildProcess;
  private killing: NodeJS.Timeout | undefined;

  constructor([file = '', ...args]: readonly string[], environment: Readonly<Record<string, string | undefined>>) {
    this.child = spawn(file, args, { stdio: 'inherit', env: environment });
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', (error) => {
        reject(new Error(`${file} cannot be run: ${whyUnreadable(error)}`, { cause: error }));
      });
      this.child.once('exit', (code, signal) => {
        clearTimeout(this.killing);
        resolve(code ?? BY_SIGNAL + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  }

  pass(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Tells it to end, and ends it if it does not. */
  end(): void {
    this.child.kill('SIGTERM');
    this.killing = setTimeout(() => this.child.kill('SIGKILL'), KILLED_AFTER_MS);
  }
}
