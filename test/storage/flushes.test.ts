import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { start, writerCommand } from './support/children';
import { temporaryDirectory } from './support/temporaryDirectory';

const home = temporaryDirectory();

const SYNCED_BATCHES = 100;

const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace) console.log('skipped: "every synced batch is flushed to the disk", because strace is not installed');

(hasStrace ? test : test.skip)('every synced batch is flushed to the disk', async () => {
  const path = mkdtempSync(join(home, 'strace-'));
  const trace = join(home, 'trace');
  const { ended, printed, errors } = start([
    'strace',
    ...['-f', '-e', 'trace=fdatasync,fsync', '-o', trace],
    ...writerCommand(path, 0, SYNCED_BATCHES),
  ]);
  await ended;
  if (/ptrace|not permitted/i.test(errors()) && printed() === '') {
    console.log('skipped: "every synced batch is flushed to the disk", because strace may not trace here');
    return;
  }
  expect(printed().split('\n').length - 1).toBe(SYNCED_BATCHES);
  const flushes = readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => /fdatasync\(\d+\)? *(=|<unfinished|\))/.test(line));
  expect(flushes.length).toBeGreaterThanOrEqual(SYNCED_BATCHES);
});
