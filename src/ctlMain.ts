/** The `cairnctl` command. A program of its own, without the server, so that it starts at once. */
import { join } from 'node:path';
import { lastWords } from './app/lastWords';
import { runCtl } from './app/ctl';

interface Launcher {
  readonly load: () => unknown;
  readonly run: (program: unknown) => void;
}

/** The commands of cairn are in its own program, which takes over, and ends the process. */
function runInCairn(word: string, args: readonly string[]): Promise<never> {
  process.argv.splice(1, Infinity, join(__dirname, 'cairn.js'), word, ...args);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it is beside this program where that was built to, and unknown before
  const { load, run } = require(join(__dirname, 'cairn.js')) as Launcher;
  run(load());
  return new Promise(() => undefined);
}

runCtl(process.argv.slice(2), runInCairn).catch((error: unknown) => {
  process.stderr.write(`cairnctl: ${lastWords(error)}\n`);
  process.exit(1);
});
