/** The process that a file names, and who wrote it there. */
import { readFile } from 'node:fs/promises';
import { openPlainFile } from '../../platform/plainFile';

const PID = /^\s*(\d{1,10})\s*$/;
/** Longer than any number with some blanks. */
const BYTES_MAX = 64;

export interface NamedProcess {
  /** Undefined: the file does not hold the number of a process. */
  readonly pid: number | undefined;
  /** Who owns the file. */
  readonly uid: number;
}

/** Rejects with NotAFileError, or as opening and reading do. */
export async function readPidFile(path: string): Promise<NamedProcess> {
  const { file, found } = await openPlainFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BYTES_MAX), 0, BYTES_MAX, 0);
    const text = bytesRead === BYTES_MAX ? '' : buffer.toString('latin1', 0, bytesRead);
    const pid = Number(PID.exec(text)?.[1] ?? 0);
    // 0 would be all of this process's group.
    return { pid: pid === 0 ? undefined : pid, uid: found.uid };
  } finally {
    await file.close();
  }
}

/**
 * Whether a user may send signals to a process, by the rule of kill(2): its real or its saved user is the same. False where that cannot be
 * known.
 */
export async function maySignal(uid: number, pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, real, saved] = /^Uid:\t(\d+)\t\d+\t(\d+)/m.exec(status) ?? [];
  return [real, saved].includes(String(uid));
}
