/** How the memory of the process is shared out: what V8 may use for objects, and what a container allows altogether. */
import { readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';

const MEBIBYTE = 1024 * 1024;

/** The tree is loaded as a whole at a start, with its history (32 MiB at most, a sixteenth of a small heap) and the objects of a start beside it. */
const STORE_SHARE_OF_HEAP = 0.4;
const STORE_SHARE_OF_CONTAINER = 0.3;
const STORE_MIN_BYTES = 16 * MEBIBYTE;
/** Three fifths of the heap at most: the rest is for the history, bodies under way and what a start throws away. */
const QUOTA_MAX_SHARE_OF_DEFAULT = 1.5;

/** Beside the heap, which Node.js makes half of the container. */
const LOG_SHARE_OF_CONTAINER = 1 / 16;
const LOG_MIN_BYTES = 8 * MEBIBYTE;

/** A body costs some times its length until it is answered: as it came, decoded, encoded for the log, in the answer. */
const BODIES_SHARE_OF_HEAP = 1 / 12;
/** More of them would only wait for each other: some seconds of what a member can read, replicate and store. */
const BODIES_MAX_BYTES = 64 * MEBIBYTE;

/** Node.js makes its heap half of the container; a larger one was asked for, and has to share with what is beside it. */
const HEAP_SHARE_OF_CONTAINER = 1 / 2;
const USUAL_HEAP_BYTES = 512 * MEBIBYTE;
const BUFFER_SHARE_MIN = 1 / 8;

export interface MemoryLimits {
  readonly heapBytes: number;
  /** Infinity: no container, or one without a limit. */
  readonly containerBytes: number;
}

/** What the process has, from V8 and from the control group (version 2, then 1). */
export function memoryLimits(): MemoryLimits {
  return {
    heapBytes: getHeapStatistics().heap_size_limit,
    containerBytes:
      limitIn('/sys/fs/cgroup/memory.max') ?? limitIn('/sys/fs/cgroup/memory/memory.limit_in_bytes') ?? Infinity,
  };
}

function limitIn(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    // Version 2 says `max` without a limit; version 1 a number that no machine has.
    return /^\d{1,18}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

/** The default of --quota-bytes: what can be loaded again at every start. */
export function defaultQuotaBytes({ heapBytes, containerBytes }: MemoryLimits): number {
  const share = Math.min(heapBytes * STORE_SHARE_OF_HEAP, containerBytes * STORE_SHARE_OF_CONTAINER);
  return Math.max(STORE_MIN_BYTES, Math.floor(share));
}

/**
 * --quota-bytes as it was given, or the most of it that a start can load.
 * @param given 0: by default
 */
export function quotaBytes(
  given: number,
  limits: MemoryLimits,
): { readonly bytes: number; readonly warning: string | undefined } {
  const byDefault = defaultQuotaBytes(limits);
  const most = Math.floor(byDefault * QUOTA_MAX_SHARE_OF_DEFAULT);
  if (given <= most) return { bytes: given === 0 ? byDefault : given, warning: undefined };
  const warning =
    `--quota-bytes ${given} is more than this process can load: its heap has ${limits.heapBytes} bytes` +
    (limits.containerBytes === Infinity ? '' : `, its container ${limits.containerBytes}`) +
    `; ${most} are used. Give it more memory (NODE_OPTIONS=--max-old-space-size=MEBIBYTES) or a lower quota`;
  return { bytes: most, warning };
}

/** Bytes of log entries that stay in memory, outside the heap. The queues of the links hold the same bytes. */
export function logBytesMax({ containerBytes }: MemoryLimits, usual: number): number {
  return Math.min(usual, Math.max(LOG_MIN_BYTES, Math.floor(containerBytes * LOG_SHARE_OF_CONTAINER)));
}

/**
 * What a buffer may hold that has a usual size: all of it with the heap that a machine of 1 GiB gives, less in proportion where there
 * is less, and an eighth at the least. For the history, what waits for one other member, and what waits for one watcher.
 */
export function bufferBytesMax({ heapBytes, containerBytes }: MemoryLimits, usual: number): number {
  const heap = Math.min(heapBytes, containerBytes * HEAP_SHARE_OF_CONTAINER);
  return Math.floor(usual * Math.min(1, Math.max(BUFFER_SHARE_MIN, heap / USUAL_HEAP_BYTES)));
}

/** Bytes of request bodies that may be under way at once; one of the largest size always may. */
export function bodyBudgetBytes({ heapBytes, containerBytes }: MemoryLimits, maxRequestBytes: number): number {
  const share = Math.floor(Math.min(heapBytes, containerBytes) * BODIES_SHARE_OF_HEAP);
  return Math.max(maxRequestBytes, Math.min(share, BODIES_MAX_BYTES));
}
