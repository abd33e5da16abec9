import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

export interface DiskUsage {
  /** All files under the directory. */
  readonly usedBytes: number;
  /** What this process may still write on its file system. */
  readonly freeBytes: number;
}

/** Adds up the files under a directory; files that vanish meanwhile are not counted. Rejects if the directory is not there. */
export async function measureDiskUsage(path: string): Promise<DiskUsage> {
  const [names, { bavail, bsize }] = await Promise.all([readdir(path, { recursive: true }), statfs(path)]);
  const sizes = await Promise.all(names.map((name) => fileBytes(join(path, name))));
  return { usedBytes: sizes.reduce((sum, bytes) => sum + bytes, 0), freeBytes: bavail * bsize };
}

async function fileBytes(path: string): Promise<number> {
  try {
    const facts = await stat(path);
    return facts.isFile() ? facts.size : 0;
  } catch {
    // A compaction removed it between the list and the look.
    return 0;
  }
}
