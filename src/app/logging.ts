import { pino, type Logger } from 'pino';
import { LogStream, nonBlockingWriter } from './logStream';

export type LogFormat = 'auto' | 'json' | 'pretty';

/** Levels of etcd's logger that pino does not tell apart. */
const ZAP_LEVELS: ReadonlyMap<string, string> = new Map([
  ['dpanic', 'fatal'],
  ['panic', 'fatal'],
]);

/** What the last lines of a process may delay its end when their reader is slow. */
const LAST_LINES_LIMIT_MS = 250;

let standardError: LogStream | undefined;

/** Log lines that nobody will read, because standard error was not read quickly enough or is closed. */
export function droppedLogLines(): number {
  return standardError?.droppedLines ?? 0;
}

/** Where the lines go to, as far as their looks depend on it. */
export interface LogReader {
  /** A person looks on. */
  readonly isTerminal: boolean;
  /** The terminal shows colours, and nobody asked to do without them (`NO_COLOR`, `TERM=dumb`). */
  readonly hasColors: boolean;
}

/**
 * What standard error is here. Node.js knows the variables and the terminals. Where another program shows the lines on its
 * terminal, `FORCE_COLOR` says that this has colours.
 */
export function standardErrorReader(
  stderr: Pick<typeof process.stderr, 'isTTY' | 'hasColors'> = process.stderr,
  environment = process.env,
): LogReader {
  if (stderr.isTTY) return { isTerminal: true, hasColors: stderr.hasColors() };
  const forced = environment.FORCE_COLOR ?? 'false';
  return { isTerminal: false, hasColors: forced !== '0' && forced !== 'false' };
}

/**
 * Logs go to standard error: JSON lines for machines, or readable lines for people. `auto` is readable on a terminal. Written
 * at once where the reader keeps up, and by the end of the process at the latest; never waited for (logStream.ts).
 */
export async function createLogger(level: string, format: LogFormat, reader: LogReader): Promise<Logger> {
  const readable = format === 'pretty' || (format === 'auto' && reader.isTerminal);
  const stream = openStandardError();
  const options = { level: ZAP_LEVELS.get(level) ?? level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const formatters = { level: (label: string) => ({ level: label }) };
  const logger = readable
    ? pino(options, await readableLines(stream, reader))
    : pino({ ...options, formatters }, stream);
  stream.onResumed = (dropped) => {
    logger.warn({ dropped }, 'log lines were dropped because nobody read standard error');
  };
  return logger;
}

function openStandardError(): LogStream {
  const stream = new LogStream({ write: nonBlockingWriter(2) });
  standardError = stream;
  process.on('exit', () => {
    stream.finish(LAST_LINES_LIMIT_MS);
  });
  return stream;
}

async function readableLines(stream: LogStream, reader: LogReader): Promise<Pick<LogStream, 'write'>> {
  const format = await readableFormat(reader.hasColors);
  return {
    write: (line) => {
      stream.write(format(line));
    },
  };
}

/** Makes a line for people out of one for machines. */
export async function readableFormat(hasColors: boolean): Promise<(line: string) => string> {
  // Only people look at readable logs: a member in a container does not pay for loading the formatter.
  const { prettyFactory } = await import('pino-pretty');
  return prettyFactory({
    colorize: hasColors,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    // It stands where others look for the one that writes: the line is about that member, which mostly is another one.
    customPrettifiers: { name: (name) => `about ${typeof name === 'string' ? name : ''}` },
  });
}

/** Says who wanted it, whatever the level was and is to be: somebody who makes a log silent is the last thing it says. */
export function changeLogLevel(logger: Logger, level: string, caller: string): void {
  const before = logger.level;
  logger.level = 'info';
  logger.info({ caller, before, after: level }, 'the log level was changed (PUT /config/local/log)');
  logger.level = level;
}
