import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NobodyThere } from '../../../src/mirror/hooks/hook';
import { sendSignal } from '../../../src/mirror/hooks/sendSignal';

const directory = mkdtempSync(join(tmpdir(), 'cairn-signal-'));
const file = join(directory, 'pid');
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('the process whose number is in the file gets it', async () => {
  const child = spawn('sleep', ['300']);
  await once(child, 'spawn');
  writeFileSync(file, `${child.pid}\n`);
  const exited = once(child, 'exit');
  expect(await sendSignal('SIGUSR1', file)).toBeUndefined();
  expect(await exited).toEqual([null, 'SIGUSR1']);
  expect(await sendSignal('SIGUSR1', file)).toEqual(new NobodyThere(`was not sent: there is no process ${child.pid}`));
});

test.each(['', '0', '-1', '1.5', 'abc', '12 34', '12345678901'])('a file with %j names no process', async (text) => {
  writeFileSync(file, text);
  expect(await sendSignal('SIGTERM', file)).toEqual(
    new NobodyThere(`was not sent: ${file} does not hold the number of a process`),
  );
});

const asRoot = process.geteuid?.() === 0 ? test : test.skip;
const SOMEBODY = 54321;
asRoot('root sends none to a process that who owns the file could not send one to', async () => {
  const [ofRoot, ofSomebody] = [spawn('sleep', ['300']), spawn('/bin/sleep', ['300'], { uid: SOMEBODY })];
  await Promise.all([once(ofRoot, 'spawn'), once(ofSomebody, 'spawn')]);
  try {
    writeFileSync(file, String(ofRoot.pid));
    chownSync(file, SOMEBODY, 0);
    expect(await sendSignal('SIGKILL', file)).toMatch(
      new RegExp(`^was not sent: .* belongs to user ${SOMEBODY}, and process ${ofRoot.pid} to another; let it be`),
    );
    expect(ofRoot.kill(0)).toBe(true);
    writeFileSync(file, String(ofSomebody.pid));
    const exited = once(ofSomebody, 'exit');
    expect(await sendSignal('SIGKILL', file)).toBeUndefined();
    expect(await exited).toEqual([null, 'SIGKILL']);
  } finally {
    ofRoot.kill('SIGKILL');
    ofSomebody.kill('SIGKILL');
    chownSync(file, 0, 0);
  }
});

test('a file without end is not read to its end', async () => {
  writeFileSync(file, `1${' '.repeat(100)}2`);
  expect(await sendSignal('SIGTERM', file)).toMatchObject({
    reason: expect.stringMatching(/does not hold the number of a process/) as string,
  });
});

test('it never signals itself, and says so if there is no file', async () => {
  writeFileSync(file, String(process.pid));
  expect(await sendSignal('SIGTERM', file)).toBe(`was not sent: ${file} names this process`);
  const none = await sendSignal('SIGTERM', join(directory, 'none'));
  expect(none).toBeInstanceOf(NobodyThere);
  expect(none).toMatchObject({
    reason: expect.stringMatching(/^was not sent: .*none cannot be read: ENOENT/) as string,
  });
});
