/** Where the audit log goes: to a file, to standard output, or nowhere. */
import type { Logger } from 'pino';
import { AuditTrail } from '../api/audit';
import { AuditFile } from './auditFile';
import { LogStream, nonBlockingWriter } from './logStream';

/** What the last lines may delay the end of the process when standard output is read slowly. */
const LAST_LINES_LIMIT_MS = 250;

export interface AuditLog {
  readonly trail: AuditTrail;
  /** Lines that nobody will read. */
  droppedLines(): number;
  /** Resolves when what was written is where it goes, or dropped. Idempotent. */
  close(): Promise<void>;
}

/**
 * Rejects with AuditFileError.
 *
 * @param to a path, `-` for standard output, or empty for no audit log
 */
export async function openAuditLog(to: string, logger: Logger): Promise<AuditLog | undefined> {
  if (to === '') return undefined;
  return to === '-' ? toStandardOutput() : toFile(to, logger);
}

async function toFile(path: string, logger: Logger): Promise<AuditLog> {
  const file = await AuditFile.open({
    path,
    monotonicMs: () => performance.now(),
    onTrouble: (reason) => {
      logger.error({ path, reason }, 'lines of the audit log are lost');
    },
  });
  const finish = (): void => {
    file.finishNow();
  };
  process.once('exit', finish);
  let closed: Promise<void> | undefined;
  return {
    trail: new AuditTrail((line) => {
      file.write(line);
    }, Date.now),
    droppedLines: () => file.droppedLines,
    close: () => {
      process.off('exit', finish);
      return (closed ??= file.close());
    },
  };
}

function toStandardOutput(): AuditLog {
  const stream = new LogStream({ write: nonBlockingWriter(1) });
  const finish = (): void => {
    stream.finish(LAST_LINES_LIMIT_MS);
  };
  process.once('exit', finish);
  return {
    trail: new AuditTrail((line) => {
      stream.write(line);
    }, Date.now),
    droppedLines: () => stream.droppedLines,
    close: () => {
      process.off('exit', finish);
      finish();
      return Promise.resolve();
    },
  };
}
