import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new, empty, private directory, removed with everything in it after the tests of this file. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'cairn-storage-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
