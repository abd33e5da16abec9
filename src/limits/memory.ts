/** How the memory of the process is shared out: what V8 may use for objects, and what a container allows altogether. */
import { readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';

const MEBIBYTE = 1024 * 1024;

/** The tree is loaded as a whole at a start, with its history (32 MiB at most) and the objects of a start beside it. */
const STORE_SHARE_OF_HEAP = 0.4;
const STORE_SHARE_OF_CONTAINER = 0.3;
const STORE_MIN_BYTES = 16 * MEBIBYTE;

/** A body costs some times its length until it is answered: as it came, decoded, encoded for the log, in the answer. */
const BODIES_SHARE_OF_HEAP = 1 / 12;

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

/** Bytes of request bodies that may be under way at once; one of the largest size always may. */
export function bodyBudgetBytes({ heapBytes, containerBytes }: MemoryLimits, maxRequestBytes: number): number {
  return Math.max(maxRequestBytes, Math.floor(Math.min(heapBytes, containerBytes) * BODIES_SHARE_OF_HEAP));
}
