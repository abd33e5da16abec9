/** The `cairn` command. Its first argument may name one of the commands; otherwise it runs a member. */
import { commands } from './app/commands';
import { isCommandWord } from './config/commands';
import { exitNumber } from './app/exit';
import { expectReadersToLeave } from './app/standardOutput';

async function main(): Promise<void> {
  expectReadersToLeave(process.stdout, (text) => process.stderr.write(text));
  const [first, ...rest] = process.argv.slice(2);
  if (first === undefined || !isCommandWord(first)) {
    // Loaded late: a health check runs every few seconds and needs neither database nor HTTP server.
    (await import('./app/process.js')).runMember(process.argv.slice(2));
    return;
  }
  expectReadersToLeave(process.stderr, () => undefined);
  const code = await commands[first](rest);
  if (code !== undefined) process.exitCode = code;
}

main().catch((error: unknown) => {
  process.stderr.write(`cairn: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(exitNumber('unexpectedFailure'));
});
