/** Runs a command that may hang, start others, or not exist. */
import { spawn, type ChildProcess } from 'node:child_process';
import { reasonOf } from '../../platform/networkError';
import type { HookFailure } from './hook';

/** Between the request to end and the end. */
const GRACE_MS = 5000;

export interface CommandSettings {
  /** The program and its arguments. */
  readonly words: readonly string[];
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
  readonly graceMs?: number;
}

/** It and whatever it started are ended after the time limit: first asked to, then killed. Resolves when it has ended. */
export function runCommand(settings: CommandSettings): Promise<HookFailure> {
  const { words, timeoutMs, environment, signal, graceMs = GRACE_MS } = settings;
  const [program = '', ...rest] = words;
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      // A group of its own, so that its children can be ended with it.
      child = spawn(program, rest, {
        detached: true,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...environment },
      });
    } catch (error) {
      // Such as an environment that is too long for it: Node.js throws that, and tells other errors later.
      resolve(`cannot be started: ${reasonOf(error)}`);
      return;
    }
    let ending: string | undefined;
    let killing: NodeJS.Timeout | undefined;
    const end = (why: string): void => {
      if (ending !== undefined) return;
      ending = why;
      signalGroup(child.pid, 'SIGTERM');
      killing = setTimeout(() => {
        signalGroup(child.pid, 'SIGKILL');
      }, graceMs);
    };
    const limit = setTimeout(() => {
      end(`took longer than ${timeoutMs / 1000} s, and was ended`);
    }, timeoutMs);
    const stopped = (): void => {
      end('was ended, because this process ends');
    };
    signal.addEventListener('abort', stopped, { once: true });
    const over = (failure: HookFailure): void => {
      clearTimeout(limit);
      clearTimeout(killing);
      signal.removeEventListener('abort', stopped);
      // What it started and left behind had its time too.
      if (ending !== undefined) signalGroup(child.pid, 'SIGKILL');
      resolve(failure);
    };
    child.once('error', (error) => {
      if (child.pid === undefined) over(`cannot be started: ${error.message}`);
    });
    child.once('exit', (code, endedBy) => {
      if (code === 0 && ending === undefined) over(undefined);
      else over(ending ?? (code === null ? `was ended by ${endedBy ?? 'a signal'}` : `ended with exit code ${code}`));
    });
    if (signal.aborted) stopped();
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // All of the group have ended.
  }
}
