#!/usr/bin/env node
/** The `cairn` command. Its first argument may name one of the commands; otherwise it runs a member. */
import { commands } from './commands';
import { isCommandWord } from './config/commands';
import { exitNumber } from './exit';
import { runMember } from './runMember';

async function main(): Promise<void> {
  const [first, ...rest] = process.argv.slice(2);
  if (first === undefined || !isCommandWord(first)) {
    runMember(process.argv.slice(2));
    return;
  }
  process.exitCode = await commands[first](rest);
}

main().catch((error: unknown) => {
  process.stderr.write(`cairn: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(exitNumber('unexpectedFailure'));
});
