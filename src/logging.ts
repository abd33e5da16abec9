import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type LogFormat = 'auto' | 'json' | 'pretty';

const STANDARD_ERROR = 2;

/**
 * Logs go to standard error: JSON lines for machines, or readable lines for people. `auto` is readable on a terminal. Written
 * at once, so that nothing is lost when the process ends.
 */
export function createLogger(level: string, format: LogFormat, isTerminal: boolean): Logger {
  const readable = format === 'pretty' || (format === 'auto' && isTerminal);
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (!readable) {
    const formatters = { level: (label: string) => ({ level: label }) };
    return pino({ ...options, formatters }, pino.destination({ dest: STANDARD_ERROR, sync: true }));
  }
  const stream = pretty({
    destination: STANDARD_ERROR,
    sync: true,
    colorize: isTerminal,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return pino(options, stream);
}
