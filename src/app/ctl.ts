/** cairnctl in a process: its streams, its signals and how it ends. */
import { flagsOf, isTaskWord, takesSeveralUrls, taskRows, type TaskWord } from '../config/commands';
import { askSecret } from '../ctl/etcdctl/askSecret';
import { argumentsAsGiven } from '../ctl/etcdctl/byteText';
import { cairnctl, type Others } from '../ctl/etcdctl/cairnctl';
import type { Io } from '../ctl/etcdctl/io';
import { build } from './build';
import { expectAnEnd, notWritten } from './standardOutput';

/** What a shell says of a program that wrote to nobody. */
const BY_BROKEN_PIPE = 141;

/** How a command of `cairn` is run from here. */
export type RunOther = (word: TaskWord, args: readonly string[]) => Promise<number>;

/** Carries one command out and ends the process with its exit code. */
export async function runCtl(args: readonly string[], runOther: RunOther): Promise<never> {
  const readers: Readers = { gone: () => process.exit(BY_BROKEN_PIPE) };
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') {
        readers.gone();
        return;
      }
      if (output !== process.stderr) process.stderr.write(notWritten(error));
      process.exit(1);
    });
  }
  expectAnEnd((text) => process.stderr.write(text));
  const given = argumentsAsGiven(args);
  // The list of processes is for everybody to see; from now on it does not show what may be a password.
  if (given.some((argument) => argument.includes(':') && !isUrl(argument))) process.title = 'cairnctl';
  const code = await cairnctl(given, ioOfProcess(readers), othersWith(runOther));
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(code);
}

/** By itself or behind an option that takes one. A password may have the marks of a URL in it, behind the name of its user. */
function isUrl(argument: string): boolean {
  return /^(?:--(?:endpoints?|peers|url|from)=)?[a-z][a-z0-9+.-]*:\/\//i.test(argument);
}

/** What is done when nobody reads any more. */
interface Readers {
  gone: () => void;
}

function ioOfProcess(readers: Readers): Io {
  const { stdin, stdout, stderr, env } = process;
  return {
    ...{ stdin, stdout, stderr, environment: env },
    endAtInterrupt: (code) => {
      replaceListeners('SIGINT', () => process.exit(code));
    },
    onSignals: (signals, act) => {
      for (const signal of signals) replaceListeners(signal, act);
    },
    onReaderGone: (act) => {
      readers.gone = act;
    },
    askSecret: (prompt) => askSecret(stdin, stderr, prompt),
  };
}

/** Never without one: a signal that came in between would be lost. */
function replaceListeners(signal: NodeJS.Signals, act: (signal: NodeJS.Signals) => void): void {
  const before = process.rawListeners(signal);
  process.on(signal, act);
  for (const listener of before) process.removeListener(signal, listener as () => void);
}

function othersWith(runOther: RunOther): Others {
  return {
    list: taskRows.map(([word, { help }]) => ({ word, help })),
    find: (word) =>
      isTaskWord(word)
        ? {
            flags: Object.keys(flagsOf(word)),
            takesSeveralUrls: (args) => takesSeveralUrls(word, args),
            run: (args, variables) => {
              Object.assign(process.env, variables);
              return runOther(word, args);
            },
          }
        : undefined,
    version: () => build().version,
  };
}

function written(output: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    output.write('', () => {
      resolve();
    });
  });
}
