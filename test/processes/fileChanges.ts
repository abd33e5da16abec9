/** Stops a process right before one of the changes that it makes to files, so that every moment of a command can be tried. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Loaded into the process before anything else. It counts changes of files whose paths are meant, and tells their number at the end. */
const WATCHER = `
const files = require('node:fs/promises');
const { CHANGES_MEANT, CHANGE_STOPPED_AT, CHANGE_SIGNAL } = process.env;
const [meant, step] = [new RegExp(CHANGES_MEANT), Number(CHANGE_STOPPED_AT)];
let count = 0;
const changed = (path) => {
  if (meant.test(String(path)) && ++count === step) process.kill(process.pid, CHANGE_SIGNAL);
};
for (const name of ['mkdir', 'rename', 'rm', 'unlink']) {
  const real = files[name];
  files[name] = async (path, ...more) => {
    changed(path);
    return real(path, ...more);
  };
}
const { open } = files;
files.open = async (path, flags, ...more) => {
  // Opened to be written.
  if (Number(flags) & require('node:fs').constants.O_CREAT) changed(path);
  return open(path, flags, ...more);
};
require('node:module').syncBuiltinESMExports();
process.on('exit', () => process.stderr.write('changes: ' + count + '\\n'));
`;

export interface StopAtChange {
  /** Of the paths that count. */
  readonly meant: RegExp;
  /** Of the changes, from 1 on; 0: none. */
  readonly step: number;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}

/** The environment of a process that is stopped so. @param folder where the script goes that it loads */
export function stoppedAtChange(
  folder: string,
  { meant, step, signal }: StopAtChange,
): Readonly<Record<string, string>> {
  const script = join(folder, 'file-changes.cjs');
  writeFileSync(script, WATCHER);
  return {
    NODE_OPTIONS: `--require ${script}`,
    CHANGES_MEANT: meant.source,
    CHANGE_STOPPED_AT: `${step}`,
    CHANGE_SIGNAL: signal,
  };
}

/** How many there were of a process that came to its end, by what it wrote; undefined if it did not. */
export function changesIn(stderr: string): number | undefined {
  const count = /^changes: (\d+)$/m.exec(stderr)?.[1];
  return count === undefined ? undefined : Number(count);
}
