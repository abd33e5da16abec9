import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const HOOK = join(__dirname, 'typescript.cjs');
const WRITER = join(__dirname, 'syncedWriter.child.ts');

/** The command line of support/syncedWriter.child.ts under this Node. */
export function writerCommand(path: string, first: number, count: number, valueBytes = 50): readonly string[] {
  return [process.execPath, '--require', HOOK, WRITER, path, String(first), String(count), String(valueBytes)];
}

export interface Output {
  readonly child: ChildProcess;
  /** Everything printed so far. */
  readonly printed: () => string;
  readonly errors: () => string;
  /** Resolves when it has ended and everything it printed is here. */
  readonly ended: Promise<void>;
}

export function start(command: readonly string[]): Output {
  const [program = '', ...parameters] = command;
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<void>((resolve, reject) => {
    child.once('close', () => resolve());
    child.once('error', reject);
  });
  return { child, printed: () => out, errors: () => err, ended };
}
