import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { whyNoStrace } from '../support/strace';
import { start, writerCommand } from './support/children';
import { temporaryDirectory } from './support/temporaryDirectory';

const home = temporaryDirectory();

const SYNCED_BATCHES = 100;

const reason = whyNoStrace();
(reason === undefined ? test : test.skip)(
  `every synced batch is flushed to the disk${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  async () => {
    const path = mkdtempSync(join(home, 'strace-'));
    const trace = join(home, 'trace');
    const { ended, printed, errors } = start([
      'strace',
      ...['-f', '-e', 'trace=fdatasync,fsync', '-o', trace],
      ...writerCommand(path, 0, SYNCED_BATCHES),
    ]);
    await ended;
    // What strace says of itself is shown if it fails.
    expect([printed().split('\n').length - 1, errors()]).toEqual([SYNCED_BATCHES, expect.any(String)]);
    const flushes = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => /fdatasync\(\d+\)? *(=|<unfinished|\))/.test(line));
    expect(flushes.length).toBeGreaterThanOrEqual(SYNCED_BATCHES);
  },
);
