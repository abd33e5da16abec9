import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditFile, AuditFileError } from '../../src/app/auditFile';
import { until } from '../cluster/waiting';

let directory: string;
let path: string;
let nowMs: number;
let troubles: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-audit-'));
  path = join(directory, 'audit.json');
  nowMs = 0;
  troubles = [];
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function open(at = path, waitingBytesMax?: number): Promise<AuditFile> {
  return AuditFile.open({
    path: at,
    monotonicMs: () => nowMs,
    onTrouble: (reason) => troubles.push(reason),
    ...(waitingBytesMax === undefined ? {} : { waitingBytesMax }),
  });
}

test('lines are appended in order, to what is there, for the owner alone', async () => {
  for (const part of [1, 2]) {
    const file = await open();
    for (let n = 0; n < 500; n++) file.write(`${part}-${n}\n`);
    await file.close();
  }
  const expected = [1, 2].flatMap((part) => Array.from({ length: 500 }, (_, n) => `${part}-${n}\n`));
  expect(readFileSync(path, 'utf8')).toBe(expected.join(''));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a file that was moved away is begun again', async () => {
  const file = await open();
  file.write('old\n');
  await settled(() => readFileSync(path, 'utf8') === 'old\n');
  renameSync(path, `${path}.1`);
  nowMs += 2000;
  file.write('new\n');
  await file.close();
  expect([readFileSync(`${path}.1`, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['old\n', 'new\n']);
});

test('where it cannot be begun again, the one that was moved goes on', async () => {
  const file = await open();
  renameSync(path, `${path}.1`);
  symlinkSync('/dev/null', path);
  nowMs += 2000;
  file.write('a\n');
  await file.close();
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('a\n');
  expect(troubles).toEqual([expect.stringContaining('cannot be begun again')]);
});

test('what comes faster than the disk takes it is dropped and counted, and said once', async () => {
  const file = await open(path, 10);
  for (let n = 0; n < 100; n++) file.write('12345\n');
  expect(file.droppedLines).toBe(99);
  expect(troubles).toHaveLength(1);
  await file.close();
  expect(readFileSync(path, 'utf8')).toBe('12345\n');
});

test('the end of the process takes along what still waits', async () => {
  const file = await open();
  file.write('a\n');
  file.write('b\n');
  file.finishNow();
  file.finishNow();
  await file.close();
  expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
});

const OTHERS: readonly (readonly [what: string, make: () => string])[] = [
  ['a directory', () => directory],
  ['a link', () => (symlinkSync('/dev/null', path), path)],
  ['nothing that can be made', () => join(directory, 'not', 'there')],
  ['a FIFO', () => (spawnSync('mkfifo', [path]), path)],
  ['a device', () => '/dev/null'],
];

test.each(OTHERS)('%s is refused at the start', async (_, make) => {
  const at = make();
  await expect(open(at)).rejects.toThrow(AuditFileError);
  await expect(open(at)).rejects.toThrow(/^cannot write the audit log .* \(--audit-log\): /);
});

test.each([
  [
    'nothing that can be made',
    () => join(directory, 'not', 'there'),
    () => `there is no directory ${join(directory, 'not')}; make it`,
  ],
  ['a directory', () => directory, () => 'it is a directory; give the path of a file'],
  [
    'a link',
    () => (symlinkSync('/dev/null', path), path),
    () => 'it is a symbolic link, which is not followed; give the path',
  ],
])('of %s it is said what to do', async (_, make, said) => {
  await expect(open(make())).rejects.toThrow(said());
});

async function settled(holds: () => boolean): Promise<void> {
  await until('it is written', 10_000, holds);
}
