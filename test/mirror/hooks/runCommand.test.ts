import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, type CommandSettings } from '../../../src/mirror/hooks/runCommand';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-hook-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const run = (words: readonly string[], more: Partial<CommandSettings> = {}): Promise<string | undefined> =>
  runCommand({
    words,
    timeoutMs: 60_000,
    environment: { PATH: process.env['PATH'] },
    signal: new AbortController().signal,
    ...more,
  });

const script = (text: string, ...rest: string[]): readonly string[] => ['/bin/sh', '-c', text, 'sh', ...rest];

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !isSo(); await new Promise((done) => setTimeout(done, 10)))
    if (Date.now() > deadline) throw new Error('it did not come about');
}

function read(name: string): string {
  try {
    return readFileSync(join(directory, name), 'utf8');
  } catch {
    return '';
  }
}

function isRunning(pid: string): boolean {
  try {
    // A zombie that nobody waits for does nothing any more.
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid.trim()}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('what cannot be started for want of room is said like everything else', async () => {
  const environment = { PATH: process.env['PATH'], LONG: 'x'.repeat(3_000_000) };
  expect(await run(script('exit 0'), { environment })).toMatch(/^cannot be started: .*E2BIG/);
});

test('arguments are given as they are, and nothing but the environment that was asked for', async () => {
  const file = join(directory, 'out');
  const words = script('printf "%s|" "$@" "$MINE" "$HOME" > "$FILE"', '$(id)', 'a b', '');
  const environment = { PATH: process.env['PATH'], MINE: 'x', HOME: undefined, FILE: file };
  expect(await run(words, { environment })).toBeUndefined();
  expect(read('out')).toBe('$(id)|a b||x||');
});

test.each([
  [['/bin/sh', '-c', 'exit 3'], 'ended with exit code 3'],
  [['/bin/sh', '-c', 'kill -9 $$'], 'was ended by SIGKILL'],
  [['/nowhere/at/all'], /^cannot be started: .*ENOENT/],
])('%j', async (words, why) => {
  expect(await run(words)).toEqual(typeof why === 'string' ? why : expect.stringMatching(why));
});

test('what takes too long is ended, with all that it started, also if it does not listen', async () => {
  const words = script('trap "" TERM; (trap "" TERM; sleep 300) & echo $! > "$1"; sleep 300', join(directory, 'pid'));
  const ended = run(words, { timeoutMs: 1500, graceMs: 200 });
  await until(() => read('pid') !== '');
  expect(await ended).toBe('took longer than 1.5 s, and was ended');
  await until(() => !isRunning(read('pid')));
});

test('what listens may tidy up', async () => {
  const words = script(
    'trap "echo bye > $1; exit 0" TERM; echo up > "$2"; while :; do sleep 0.1; done',
    join(directory, 'bye'),
    join(directory, 'up'),
  );
  const stopping = new AbortController();
  const ended = run(words, { signal: stopping.signal });
  await until(() => read('up') !== '');
  stopping.abort();
  expect(await ended).toBe('was ended, because this process ends');
  expect(read('bye')).toBe('bye\n');
});
