/**
 * Logs some megabytes, then says on standard output how many lines were dropped, then waits for a
 * byte on standard input and ends with a last line. Argument: the log format.
 */
import { writeSync } from 'node:fs';
import { createLogger, droppedLogLines, type LogFormat } from '../../src/app/logging';

const LINES = 20_000;

async function main(format: LogFormat): Promise<void> {
  const logger = await createLogger('info', format, { isTerminal: false, hasColors: false });
  for (let line = 0; line < LINES; line++) logger.info({ line, filling: 'x'.repeat(100) }, 'a line');
  writeSync(1, `${JSON.stringify({ dropped: droppedLogLines() })}\n`);
  process.stdin.once('data', () => {
    setTimeout(() => {
      logger.fatal('the last line');
      process.exit(3);
    }, 200);
  });
}

void main(process.argv[2] === 'pretty' ? 'pretty' : 'json');
