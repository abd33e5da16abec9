import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveDiffering, markDiffering } from '../../src/app/differingState';
import { StateDiffersError } from '../../src/member/integrityCheck';
import { DIFFERING_FILE } from '../../src/platform/differingDirectory';
import { REMOVED_FILE } from '../../src/platform/removedFile';

let volume: string;
let data: string;
const lines: string[] = [];
const logger = {
  warn: (_fields: object, text: string): void => void lines.push(text),
  error: (_fields: object, text: string): void => void lines.push(text),
} as unknown as Parameters<typeof markDiffering>[1] & Parameters<typeof leaveDiffering>[2];

beforeEach(() => {
  lines.length = 0;
  volume = mkdtempSync(join(tmpdir(), 'differing-'));
  data = join(volume, 'data');
  mkdirSync(join(data, 'db'), { recursive: true });
});

afterEach(() => rmSync(volume, { recursive: true }));

test('a directory without the mark is left alone', async () => {
  await leaveDiffering(data, { autoRejoin: true, forceNewCluster: false }, logger);
  expect([existsSync(join(data, 'db')), lines]).toEqual([true, []]);
});

test('a marked one is moved aside whole, and said so', async () => {
  markDiffering(data, logger);
  expect(lines).toEqual([]);
  await leaveDiffering(`${data}/`, { autoRejoin: true, forceNewCluster: false }, logger);
  expect(existsSync(data)).toBe(false);
  expect(existsSync(join(`${data}.differs-1`, 'db'))).toBe(true);
  expect(existsSync(join(`${data}.differs-1`, DIFFERING_FILE))).toBe(true);
  expect(lines[0]).toContain(`moved aside to ${data}.differs-1`);
});

test('without --auto-rejoin each start is refused, and nothing is moved', async () => {
  markDiffering(data, logger);
  for (const _start of [1, 2]) {
    const refused = leaveDiffering(data, { autoRejoin: false, forceNewCluster: false }, logger);
    await expect(refused).rejects.toBeInstanceOf(StateDiffersError);
    await expect(refused).rejects.toThrow(/is not served from\. Remove this member.*or set --auto-rejoin/);
  }
  expect(existsSync(join(data, DIFFERING_FILE))).toBe(true);
});

test('a directory that cannot be marked is said so', () => {
  markDiffering(join(volume, 'absent'), logger);
  expect(lines[0]).toContain('could not be marked');
});

test.each([DIFFERING_FILE, REMOVED_FILE])('no cluster is forced from a directory with the mark %s', async (mark) => {
  writeFileSync(join(data, mark), '');
  const refused = leaveDiffering(data, { autoRejoin: true, forceNewCluster: true }, logger);
  await expect(refused).rejects.toThrow(`remove the file ${mark} in it and start again`);
  expect(existsSync(join(data, mark))).toBe(true);
});
