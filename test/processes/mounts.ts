/** File systems of their own, in memory. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What went wrong, as `mount` says it; undefined: nothing. */
export function mount(...words: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync('mount', words, { encoding: 'utf8' });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.trim();
}

/** Mounting takes root, and a kernel that allows it. */
export function whyNotMounted(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'cairn-mount-'));
  const why = mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path);
  if (why === undefined) unmount(path);
  rmSync(path, { recursive: true, force: true });
  return why === undefined ? undefined : `nothing can be mounted here: ${why}`;
}

export function unmount(path: string): void {
  spawnSync('umount', [path]);
}
