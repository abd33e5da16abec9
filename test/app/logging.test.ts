/** A process that logs more than anybody reads: pipes of the system hold 64 KiB. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of a pipe of the system. */
const PIPE_BYTES = 64 * 1024;
const CHILD = [
  '--require',
  join(__dirname, '../storage/support/typescript.cjs'),
  join(__dirname, 'chattyLogger.child.ts'),
];

interface Said {
  readonly dropped: number;
}

let child: ChildProcess;

afterEach(() => {
  child.kill('SIGKILL');
});

/** Starts it; resolves with what it says while nobody reads its log. */
async function log(format: string): Promise<{ said: Said; stderr: NonNullable<ChildProcess['stderr']> }> {
  child = spawn(process.execPath, [...CHILD, format], { stdio: ['pipe', 'pipe', 'pipe'] });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the child has no pipes');
  // Node reads ahead from a pipe as soon as the stream is asked for data; this one is not.
  const [line] = (await once(stdout, 'data')) as [Buffer];
  return { said: JSON.parse(line.toString()) as Said, stderr };
}

test.each(['json', 'pretty'])(
  '%s: a standard error that nobody reads drops lines and stops nothing',
  async (format) => {
    const { said, stderr } = await log(format);
    expect(said.dropped).toBeGreaterThan(1000);
    let text = '';
    stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stdin?.end('go on');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(3);
    expect(text).toContain('log lines were dropped because nobody read standard error');
    expect(text).toContain(String(said.dropped));
    const lines = text.trimEnd().split('\n');
    expect(lines.slice(-2).filter((line) => line.includes('the last line'))).toHaveLength(1);
    if (format === 'json') for (const line of lines) JSON.parse(line);
  },
);

test('a pipe that is held open and not read, as by a shell, stops nothing either', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-log-'));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const descriptor = openSync(pipe, 'r+');
  child = spawn(process.execPath, [...CHILD, 'json'], { stdio: ['pipe', 'pipe', descriptor] });
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  expect((JSON.parse(line.toString()) as Said).dropped).toBeGreaterThan(1000);
  child.stdin?.end('go on');
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(3);
  closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

test('a standard error whose reader has gone does not end the process', async () => {
  const { stderr } = await log('json');
  stderr.destroy();
  child.stdin?.end('go on');
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(3);
});

test('a process ends at once though nobody reads its last lines, and leaves no half one but the last', async () => {
  const { stderr } = await log('json');
  child.stdin?.end('go on');
  await once(child, 'exit');
  let text = '';
  for await (const chunk of stderr) text += String(chunk);
  // Nobody read until it had ended: the pipe has the beginning, and every line of it but the cut one is whole. A page of the pipe holds
  // whole writes only, and where many pipes are open the system gives a new one fewer pages.
  expect(text.length).toBeGreaterThan(PIPE_BYTES / 32);
  for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
  expect(child.exitCode).toBe(3);
});
