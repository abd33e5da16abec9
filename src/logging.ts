import { pino, type Logger } from 'pino';

export type LogFormat = 'auto' | 'json' | 'pretty';

const STANDARD_ERROR = 2;

/**
 * Logs go to standard error: JSON lines for machines, or readable lines for people. `auto` is readable on a terminal. Written
 * at once, so that nothing is lost when the process ends.
 */
export async function createLogger(level: string, format: LogFormat, isTerminal: boolean): Promise<Logger> {
  const readable = format === 'pretty' || (format === 'auto' && isTerminal);
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (!readable) {
    const formatters = { level: (label: string) => ({ level: label }) };
    return pino({ ...options, formatters }, pino.destination({ dest: STANDARD_ERROR, sync: true }));
  }
  // Only people look at readable logs: a member in a container does not pay for loading the formatter.
  const { default: pretty } = await import('pino-pretty');
  const stream = pretty({
    destination: STANDARD_ERROR,
    sync: true,
    colorize: isTerminal,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return pino(options, stream);
}
