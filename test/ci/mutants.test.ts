/** `npm run mutants` that is stopped before its end: neither its copies nor the tests that run in them go on. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../cluster/waiting';

const SCRIPT = join(__dirname, '../../scripts/mutants.js');

/** The processes that work in a directory below this one. */
function processesBelow(place: string): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`).startsWith(`${place}/`);
    } catch {
      // It has ended meanwhile, or is of another user.
      return false;
    }
  });
}

/** Otherwise the script would make it ready, and begin with deleting the packages that the other tests go by. */
const { isReady } = jest.requireActual<{ isReady: () => boolean }>('../../scripts/prepare.js');
(isReady() ? describe : describe.skip)('npm run mutants', () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'cairn-stopped-'));
  });
  afterEach(() => {
    rmSync(place, { recursive: true, force: true });
  });

  // Who is killed leaves his jest behind; told to end, he ends it.
  let script: ChildProcess | undefined;
  process.on('exit', () => script?.kill('SIGTERM'));

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s: no copy stays, and no jest goes on',
    async (signal) => {
      script = spawn(process.execPath, [SCRIPT], { env: { ...process.env, TMPDIR: place }, stdio: 'ignore' });
      const ended = once(script, 'exit');
      try {
        await until('jest and a worker run in a copy', 60_000, () => processesBelow(place).length >= 2);
      } finally {
        script.kill(signal);
      }
      expect(await ended).toEqual([130, null]);
      await until('they have ended', 30_000, () => processesBelow(place).length === 0);
      expect(readdirSync(place).filter((name) => name.startsWith('cairn-mutants-'))).toEqual([]);
    },
    900_000,
  );
});
