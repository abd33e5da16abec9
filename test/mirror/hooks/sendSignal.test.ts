import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NobodyThere } from '../../../src/mirror/hooks/hook';
import { sendSignal } from '../../../src/mirror/hooks/sendSignal';
import { until } from '../../cluster/waiting';

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

const ofOtherMounts = process.geteuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0 ? test : test.skip;
ofOtherMounts('a file that only another process sees is reached through /proc', async () => {
  const script = 'mount -t tmpfs tmpfs /mnt && mkdir /mnt/run && echo $$ >/mnt/run/pid && exec sleep 300';
  const other = spawn('unshare', ['-m', 'sh', '-c', script], { stdio: 'ignore' });
  const exited = once(other, 'exit');
  try {
    const path = `/proc/${other.pid}/root/mnt/run/pid`;
    await until('it is written', 10_000, () => readFileSync(path, 'utf8') !== '');
    expect(await sendSignal('SIGUSR1', path)).toBeUndefined();
    expect(await exited).toEqual([null, 'SIGUSR1']);
  } finally {
    other.kill('SIGKILL');
  }
});

describe('whoever may put another file on the way to the PID file chose the process too:', () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(directory, 'way-'));
    mkdirSync(join(place, 'run'));
  });
  const inRun = (...names: readonly string[]): string => join(place, 'run', ...names);
  const link = (target: string, path: string, uid: number): void => {
    symlinkSync(target, path);
    lchownSync(path, uid, 0);
  };
  /** A file of root. */
  const write = (path: string, pid: number | undefined): string => {
    writeFileSync(path, `${pid}\n`);
    return path;
  };
  /** Answers the path that is given, and the one on the way to it that belongs to somebody. */
  type Make = (pid: number | undefined) => { readonly given: string; readonly theirs: string };
  const ways: readonly (readonly [string, Make])[] = [
    [
      'a link of theirs to a file of root',
      (pid) => {
        link(write(join(place, 'sshd.pid'), pid), inRun('app.pid'), SOMEBODY);
        return { given: inRun('app.pid'), theirs: inRun('app.pid') };
      },
    ],
    [
      'a directory of theirs with a file of root',
      (pid) => {
        chownSync(inRun(), SOMEBODY, 0);
        return { given: write(inRun('app.pid'), pid), theirs: inRun() };
      },
    ],
    [
      'a link of theirs to a directory of root, in the middle',
      (pid) => {
        write(join(place, 'app.pid'), pid);
        link('..', inRun('current'), SOMEBODY);
        return { given: inRun('current', 'app.pid'), theirs: inRun('current') };
      },
    ],
    [
      'a link of root that leads through a directory of theirs',
      (pid) => {
        mkdirSync(inRun('theirs'));
        chownSync(inRun('theirs'), SOMEBODY, 0);
        write(inRun('theirs', 'app.pid'), pid);
        link('theirs/app.pid', inRun('app.pid'), 0);
        return { given: inRun('app.pid'), theirs: inRun('theirs') };
      },
    ],
  ];

  asRoot.each(ways)('%s', async (_name, make) => {
    const [ofRoot, ofSomebody] = [spawn('sleep', ['300']), spawn('/bin/sleep', ['300'], { uid: SOMEBODY })];
    await Promise.all([once(ofRoot, 'spawn'), once(ofSomebody, 'spawn')]);
    try {
      const { given, theirs } = make(ofRoot.pid);
      expect(await sendSignal('SIGKILL', given)).toBe(
        `was not sent: ${theirs} belongs to user ${SOMEBODY}, and process ${ofRoot.pid} to another; ` +
          'let it belong to root, or to who runs that process',
      );
      expect([ofRoot.exitCode, ofRoot.signalCode]).toEqual([null, null]);
      write(given, ofSomebody.pid);
      const exited = once(ofSomebody, 'exit');
      expect(await sendSignal('SIGKILL', given)).toBeUndefined();
      expect(await exited).toEqual([null, 'SIGKILL']);
    } finally {
      ofRoot.kill('SIGKILL');
      ofSomebody.kill('SIGKILL');
    }
  });

  asRoot('links of root are followed, also where `..` stands behind one', async () => {
    const child = spawn('sleep', ['300']);
    await once(child, 'spawn');
    mkdirSync(join(place, 'var', 'deep'), { recursive: true });
    write(join(place, 'var', 'app.pid'), child.pid);
    link(join(place, 'var', 'deep'), inRun('deep'), 0);
    link('deep/../app.pid', inRun('app.pid'), 0);
    const exited = once(child, 'exit');
    expect(await sendSignal('SIGUSR1', inRun('app.pid'))).toBeUndefined();
    expect(await exited).toEqual([null, 'SIGUSR1']);
  });
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
