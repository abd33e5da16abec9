/** The `cairn` command. Its first argument may name one of the commands; otherwise it runs a member. */
import { lastWords } from './app/lastWords';
import { commands } from './app/commands';
import { isCommandWord } from './config/commands';
import { exitNumber } from './app/exit';
import { expectAnEnd, expectReadersToLeave, setExitCode } from './app/standardOutput';

async function main(): Promise<void> {
  expectReadersToLeave(process.stdout, (text) => process.stderr.write(text));
  const [first, ...rest] = process.argv.slice(2);
  if (first === undefined || !isCommandWord(first)) {
    // Loaded late: a health check runs every few seconds and needs neither database nor HTTP server.
    (await import('./app/process.js')).runMember(process.argv.slice(2));
    return;
  }
  expectReadersToLeave(process.stderr, () => undefined);
  const ended = expectAnEnd((text) => process.stderr.write(text));
  const code = await commands[first](rest);
  ended();
  if (code !== undefined) setExitCode(code);
}

main().catch((error: unknown) => {
  process.stderr.write(`cairn: ${lastWords(error)}\n`);
  process.exit(exitNumber('unexpectedFailure'));
});
