/** `cairn mirror --once` that cannot do it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stablePort } from '../support/ports';
import { whyMissing } from '../support/serverProcess';
import { MirrorProcess } from './mirrorProcess';

const reason = whyMissing('cairn');
const there = reason === undefined ? test : test.skip;

/** What takes minutes to be collected as garbage is collected at once. */
const COLLECT = `
require('node:v8').setFlagsFromString('--expose-gc');
setInterval(require('node:vm').runInNewContext('gc'), 50).unref();
`;

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'cairn-once-'));
});
afterEach(() => {
  rmSync(place, { recursive: true, force: true });
});

there(
  `ends when its time is up, however much was collected as garbage meanwhile${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  async () => {
    const preload = join(place, 'collect.cjs');
    writeFileSync(preload, COLLECT);
    const url = `http://127.0.0.1:${await stablePort()}`;
    const mirror = new MirrorProcess(
      ['/app', '--to', join(place, 'config'), '--once', '--timeout', '3', '--url', url],
      {
        NODE_OPTIONS: `--require ${preload}`,
      },
    );
    const limit = setTimeout(() => void mirror.kill('SIGKILL'), 60_000);
    expect([await mirror.ended, mirror.logs]).toEqual([
      { code: 1, signal: null },
      expect.stringContaining('the prefix could not be written within 3 s'),
    ]);
    clearTimeout(limit);
  },
);
