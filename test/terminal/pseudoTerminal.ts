/** A program on a terminal of its own, as a person starts it: keys go in, and what would be on the screen comes out. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../cluster/waiting';

/** Keys by what the terminal makes of them. */
export const CTRL_C = '\x03';
export const CTRL_Z = '\x1a';

export interface TerminalOptions {
  readonly cwd: string;
  /** Over those of the test; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly rows?: number;
  readonly columns?: number;
}

const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Why there is no pseudo-terminal to be had here, in a sentence; undefined if there is. */
export function whyNoTerminal(): string | undefined {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return stdout?.includes('util-linux') ? undefined : '`script` of util-linux is not installed (Debian: bsdutils)';
}

/** Text as it is typed into a shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** What the tests' own surroundings say about terminals and npm is not meant for the program. */
export function surroundings(changes: TerminalOptions['environment'] = {}): NodeJS.ProcessEnv {
  const foreign = /^(npm_|ETCD_|NO_COLOR$|FORCE_COLOR$|NODE_DISABLE_COLORS$|CI$|INIT_CWD$|NODE_ENV$|JEST_WORKER_ID$)/i;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  // `script` runs the command in $SHELL. Shells differ in what they end with after Ctrl-C, so it is one and the same everywhere.
  return { ...Object.fromEntries(kept), SHELL: '/bin/sh', TERM: 'xterm-256color', ...changes };
}

export class PseudoTerminal {
  /** The exit code of the program; 128 and its number if a signal ended it. */
  readonly exited: Promise<number | null>;
  private readonly folder = mkdtempSync(join(tmpdir(), 'cairn-terminal-'));
  private readonly child: ChildProcess;
  private text = '';

  /** Runs a command line of the shell. */
  constructor(commandLine: string, { cwd, environment, rows = 24, columns = 80 }: TerminalOptions) {
    const setUp = `tty > ${quoted(join(this.folder, 'tty'))}; stty rows ${rows} cols ${columns}`;
    // Without `exec` before the program a shell stays between, and after Ctrl-C it ends with 130 whatever the program ended with.
    const args = ['--quiet', '--return', '--flush', '--command', `${setUp}; ${commandLine}`, '/dev/null'];
    this.child = spawn('script', args, {
      cwd,
      env: surroundings(environment),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    running.add(this.child);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
    });
    // Keys that are pressed when the program has just ended go nowhere.
    this.child.stdin?.on('error', () => undefined);
    this.exited = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code) => {
        running.delete(this.child);
        rmSync(this.folder, { recursive: true, force: true });
        resolve(code);
      });
    });
  }

  /** All that was written so far, colours and all; lines end as the terminal ends them. */
  get screen(): string {
    return this.text;
  }

  /** Without colours, with plain ends of lines. */
  get plainScreen(): string {
    return withoutColors(withoutWiped(this.text)).replaceAll('\r\n', '\n');
  }

  get isRunning(): boolean {
    return running.has(this.child);
  }

  press(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** As when the window is drawn to another size. */
  resize(rows: number, columns: number): void {
    const device = readFileSync(join(this.folder, 'tty'), 'utf8').trim();
    spawnSync('stty', ['-F', device, 'rows', String(rows), 'cols', String(columns)]);
  }

  /** As when the window is closed: the terminal is gone. */
  close(): void {
    this.child.kill('SIGKILL');
  }

  /** Waits until the text is there; throws, with the screen, if the program ends before or it takes too long. */
  async shows(expected: RegExp, limitMs = 15_000): Promise<RegExpExecArray> {
    const found = await until(`${String(expected)} on the terminal`, limitMs, () => {
      const match = expected.exec(this.plainScreen);
      if (match !== null) return match;
      return this.isRunning ? undefined : 'ended';
    }).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${this.plainScreen}`);
    });
    if (found === 'ended') throw new Error(`it ended and never showed ${String(expected)}:\n${this.plainScreen}`);
    return found;
  }
}

export function withoutColors(text: string): string {
  return text.replace(/\x1b\[[0-9;]*m/g, '');
}

/** Without what was drawn and wiped away again, as the wheel that npm turns while it works. */
export function withoutWiped(text: string): string {
  return text.replace(/[^\n]*\x1b\[1G\x1b\[0K/g, '');
}
