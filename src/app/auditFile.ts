/**
 * The file of the audit log. Lines are handed to the system from another thread, so that a disk that hangs stops nobody; what
 * it does not take is dropped and counted. A file that was moved away is begun again, so that logrotate needs no signal.
 */
import { constants, fstatSync, openSync, closeSync, writeSync, type Stats } from 'node:fs';
import { stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../platform/errorCode';
import { openPlainFile } from '../platform/plainFile';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

/** A file or nothing: opening a FIFO would wait, and a link leads anywhere. */
const APPEND = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
const OWNER_ONLY = 0o600;

const WAITING_BYTES_MAX = 4 * 1024 * 1024;

/** How often it is looked at whether the file is still there under its name. */
const LOOK_INTERVAL_MS = 1000;

/** The file cannot be written. */
export class AuditFileError extends Error {
  override readonly name = 'AuditFileError';
}

export interface AuditFileOptions {
  readonly path: string;
  /** Of a clock that only goes forward. */
  readonly monotonicMs: () => number;
  /** Lines are lost, and why; told once until lines flow again. */
  readonly onTrouble: (reason: string) => void;
  readonly waitingBytesMax?: number;
}

export class AuditFile {
  /** Lines that nobody will read. */
  droppedLines = 0;
  private waiting: string[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> | undefined;
  private lookedMs: number;
  private isTroubled = false;
  /** A full disk took part of what was written: the next line begins a new one. */
  private isTorn = false;

  private constructor(
    private readonly options: AuditFileOptions,
    private file: FileHandle,
    private identity: Pick<Stats, 'dev' | 'ino'>,
  ) {
    this.lookedMs = options.monotonicMs();
  }

  /** Rejects with AuditFileError. */
  static async open(options: AuditFileOptions): Promise<AuditFile> {
    try {
      const { file, identity } = await openAt(options.path);
      return new AuditFile(options, file, identity);
    } catch (error) {
      throw new AuditFileError(
        `cannot write the audit log ${options.path} (--audit-log): ${whatToDo(error, options.path)}`,
      );
    }
  }

  /** One line with its end. Never waits and never throws. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.waitingBytes + bytes > (this.options.waitingBytesMax ?? WAITING_BYTES_MAX)) {
      this.drop(1, 'the disk takes lines more slowly than they come');
      return;
    }
    this.waiting.push(line);
    this.waitingBytes += bytes;
    this.writing ??= this.drain();
  }

  /** Resolves when all that was written before is in the file, or dropped. */
  async close(): Promise<void> {
    await this.writing;
    await this.file.close();
  }

  /** For the end of a process that cannot wait: what has not been handed to the system yet, at once. */
  finishNow(): void {
    const text = this.waiting.splice(0).join('');
    if (text === '') return;
    try {
      const file = openSync(this.options.path, APPEND, OWNER_ONLY);
      try {
        if (fstatSync(file).isFile()) writeSync(file, text);
      } finally {
        closeSync(file);
      }
    } catch {
      // The process ends: there is nobody left to tell.
    }
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.reopenIfMoved();
      const lines = this.waiting.splice(0);
      const text = lines.join('');
      try {
        await this.file.appendFile(this.isTorn ? `\n${text}` : text);
        this.isTorn = false;
        this.isTroubled = false;
      } catch (error) {
        this.isTorn = true;
        this.drop(lines.length, reasonOf(error));
      }
      this.waitingBytes -= Buffer.byteLength(text);
    }
    this.writing = undefined;
  }

  private async reopenIfMoved(): Promise<void> {
    const nowMs = this.options.monotonicMs();
    if (nowMs - this.lookedMs < LOOK_INTERVAL_MS) return;
    this.lookedMs = nowMs;
    try {
      const there = await stat(this.options.path).catch(() => undefined);
      if (there?.dev === this.identity.dev && there.ino === this.identity.ino) return;
      const { file, identity } = await openAt(this.options.path);
      const before = this.file;
      this.file = file;
      this.identity = identity;
      await before.close();
    } catch (error) {
      // The one that is open goes on, wherever it has been moved.
      this.trouble(`it cannot be begun again: ${reasonOf(error)}`);
    }
  }

  private drop(lines: number, reason: string): void {
    this.droppedLines += lines;
    this.trouble(reason);
  }

  private trouble(reason: string): void {
    if (this.isTroubled) return;
    this.isTroubled = true;
    this.options.onTrouble(reason);
  }
}

async function openAt(path: string): Promise<{ file: FileHandle; identity: Stats }> {
  const { file, found } = await openPlainFile(path, APPEND, OWNER_ONLY);
  return { file, identity: found };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why it cannot be opened, and what to do about it. */
function whatToDo(error: unknown, path: string): string {
  const code = codeOf(error) ?? '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `there is no directory ${dirname(path)}; make it for the user that this process runs as, or correct the path`;
    case 'EACCES':
    case 'EPERM':
      return `this process may not write it (${code}); give the file or its directory to the user that this process runs as`;
    case 'EROFS':
      return 'its file system is mounted read-only; give a path on one that can be written';
    case 'EISDIR':
      return 'it is a directory; give the path of a file';
    case 'ELOOP':
      return 'it is a symbolic link, which is not followed; give the path that it leads to';
    default:
      return `${reasonOf(error)}; give the path of a file that can be written, or - for standard output`;
  }
}
