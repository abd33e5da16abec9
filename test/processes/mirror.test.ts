/** `cairn mirror` beside a real member. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawServer } from '../client/rawServer';
import { SAME_WISH_MS } from '../../src/app/stopSignals';
import { digestOf } from '../../src/mirror/digest';
import { isGeneration, LOCK } from '../../src/mirror/directory/names';
import { seenAtOnce, seenByName } from '../mirror/support/readers';
import { fetchText, send } from '../support/exchange';
import { stablePort } from '../support/ports';
import { FORM } from '../support/request';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { MirrorProcess, untilSo } from './mirrorProcess';
import { mount, unmount, whyNotMounted } from './mounts';

const reason = whyMissing('cairn');
if (reason === undefined) describe('cairn mirror', suite);
else describe.skip(`cairn mirror (skipped: ${reason})`, suite);

const QUICK = ['--debounce', '10', '--longest-wait', '100'];

function suite(): void {
  let member: ServerProcess;
  let place: string;
  let directory: string;
  const mirrors: MirrorProcess[] = [];

  beforeAll(async () => {
    member = await ServerProcess.start('cairn');
  });
  afterAll(async () => {
    await member.remove();
  });

  beforeEach(async () => {
    place = mkdtempSync(join(tmpdir(), 'cairn-mirror-'));
    directory = join(place, 'config');
    await remove('app', '?recursive=true');
  });
  afterEach(async () => {
    for (const mirror of mirrors.splice(0)) await mirror.kill('SIGKILL');
    rmSync(place, { recursive: true, force: true });
  });

  const put = async (key: string, value: string): Promise<void> => {
    const body = Buffer.from(new URLSearchParams({ value }).toString());
    const request = { method: 'PUT', target: `/v2/keys/${key}`, headers: [['Content-Type', FORM]] as const, body };
    const { status } = await send(member.clientPort, request);
    expect([200, 201]).toContain(status);
  };
  const remove = (key: string, query = ''): Promise<unknown> =>
    fetchText(member.clientPort, 'DELETE', `/v2/keys/${key}${query}`);

  const start = (...more: readonly string[]): MirrorProcess => {
    const mirror = new MirrorProcess(['/app', '--to', directory, '--url', member.clientUrl, ...QUICK, ...more]);
    mirrors.push(mirror);
    return mirror;
  };

  const seen = (): unknown => (existsSync(directory) ? Object.fromEntries(seenByName(directory)) : {});
  const read = (name: string): string | undefined =>
    existsSync(join(place, name)) ? readFileSync(join(place, name), 'utf8') : undefined;
  const untilSeen = async (files: Readonly<Record<string, string>>, mirror?: MirrorProcess): Promise<void> => {
    await untilSo(() => JSON.stringify(seen()) === JSON.stringify(files), mirror);
  };

  test('keys become files, changes follow, and SIGTERM ends it in order', async () => {
    await put('app/db/host', 'a');
    await put('app/%2E%2Edata', 'no way out');
    await put('application', 'not ours');
    const ready = join(place, 'ready');
    const mirror = start('--ready-file', ready);
    await untilSeen({ '%2E.data': 'no way out', 'db/host': 'a' }, mirror);
    await untilSo(() => existsSync(ready));
    await remove('app/%2E%2Edata');
    await put('app/name', 'é\n');
    await untilSeen({ 'db/host': 'a', name: 'é\n' }, mirror);
    expect(await mirror.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(existsSync(ready)).toBe(false);
    expect(seen()).toEqual({ 'db/host': 'a', name: 'é\n' });
    expect(mirror.logs).not.toMatch(/"level":"(error|warn)"/);
  });

  test('--once writes one file and ends; a shell reads it', async () => {
    await put('app/db/user', "o'neil");
    await put('app/url', 'http://h/?a=b&c=$d');
    const mirror = start('--once', '--format', 'env', '--name-prefix', 'APP_');
    expect(await mirror.ended).toEqual({ code: 0, signal: null });
    const script = '. ./.env; printf "%s|%s" "$APP_DB_USER" "$APP_URL"';
    const { stdout } = spawnSync('/bin/sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
    expect(stdout).toBe("o'neil|http://h/?a=b&c=$d");
  });

  test('--once without a prefix, a cluster, or a state before: 1 after the time, and it says why', async () => {
    const mirror = start('--once', '--timeout', '1');
    expect((await mirror.ended).code).toBe(1);
    expect(mirror.logs).toMatch(/there is no directory \/app/);
    const away = new MirrorProcess([
      '/app',
      '--to',
      directory,
      '--once',
      '--timeout',
      '5',
      '--url',
      `http://127.0.0.1:${await stablePort()}`,
    ]);
    mirrors.push(away);
    expect((await away.ended).code).toBe(1);
    expect(away.logs).toMatch(/the cluster cannot be asked/);
    expect(away.logs).toMatch(/the prefix could not be written within 5 s; the lines before say why/);
  });

  test('--once where somebody listens and nobody answers does not send to lines that are not there', async () => {
    const silent = new RawServer();
    await silent.start();
    try {
      const mirror = new MirrorProcess([
        ...['/app', '--to', directory, '--once', '--timeout', '1'],
        ...['--url', silent.url],
      ]);
      mirrors.push(mirror);
      expect((await mirror.ended).code).toBe(1);
      expect(mirror.logs).toMatch(/could not be written within 1 s: no member answered in that time\. Look/);
    } finally {
      silent.stop();
    }
  });

  test('a reader that never stops sees whole states only, also while it is killed again and again', async () => {
    const writeAll = async (round: number): Promise<void> => {
      await put('app/a', String(round));
      for (let at = 0; at < 20; at++) await put(`app/files/f${at}`, String(round));
    };
    await writeAll(0);
    const indexes: number[] = [];
    const look = (): void => {
      for (;;) {
        try {
          const generation = existsSync(join(directory, '..data'))
            ? readlinkSync(join(directory, '..data'))
            : undefined;
          if (generation === undefined) return;
          const note = JSON.parse(readFileSync(join(directory, generation, '..mirror.json'), 'utf8')) as {
            index: number;
            digest: string;
          };
          const files = seenAtOnce(directory);
          if (readlinkSync(join(directory, '..data')) !== generation) continue;
          const named = [...(files ?? [])].map(([name, content]) => ({ path: name.split('/'), content }));
          expect(digestOf(named)).toBe(note.digest);
          // In the order in which they are written: at one moment of the store none is ahead of the one before.
          const rounds = ['a', ...Array.from({ length: 20 }, (_, at) => `files/f${at}`)].map((name) =>
            Number(files?.get(name) ?? 0),
          );
          expect(rounds).toEqual([...rounds].sort((a, b) => b - a));
          indexes.push(note.index);
          return;
        } catch (error) {
          // The state was replaced while it was read: a reader begins again.
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        }
      }
    };
    for (let round = 1; round <= 12; round++) {
      const mirror = start();
      await untilSo(
        () => mirror.logs.includes(round === 1 ? 'a new state is there' : 'the last state is still there'),
        mirror,
      );
      const writing = writeAll(round);
      // On a busy machine some are killed before they did anything; each third one gets as far as a new state.
      const before = indexes.length;
      const isDue = (sinceMs: number): boolean =>
        sinceMs >= round * 25 &&
        (round % 3 !== 0 || indexes.slice(before).some((index) => index > (indexes[before - 1] ?? 0)));
      for (const since = Date.now(); !isDue(Date.now() - since); await new Promise((done) => setTimeout(done, 1)))
        look();
      await mirror.kill('SIGKILL');
      look();
      await writing;
    }
    // Never back to an older state, whoever was killed when.
    expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
    expect(new Set(indexes).size).toBeGreaterThan(3);
    const last = start();
    await untilSo(() => seenAtOnce(directory)?.get('files/f19') === '12', last);
    await untilSo(() => readdirSync(directory).filter(isGeneration).length === 1, last);
    expect(seenAtOnce(directory)?.get('a')).toBe('12');
    expect(
      readdirSync(directory)
        .filter((name) => !isGeneration(name) && !name.startsWith(LOCK))
        .sort(),
    ).toEqual(['..data', 'a', 'files']);
  });

  test('a member that goes away and comes back: the last state stays, the next process begins with it', async () => {
    const own = await ServerProcess.start('cairn');
    try {
      const body = (value: string) => ({
        ...{ method: 'PUT', target: '/v2/keys/app/a', headers: [['Content-Type', FORM]] as const },
        body: Buffer.from(`value=${value}`),
      });
      await send(own.clientPort, body('1'));
      const words = ['/app', '--to', directory, '--url', own.clientUrl, ...QUICK, '--ready-file', join(place, 'ready')];
      const mirror = new MirrorProcess(words);
      mirrors.push(mirror);
      await untilSeen({ a: '1' }, mirror);
      await own.kill();
      await untilSo(() => mirror.logs.includes('the cluster cannot be asked'), mirror);
      expect([seen(), read('ready') !== undefined]).toEqual([{ a: '1' }, true]);
      await mirror.kill('SIGKILL');
      rmSync(join(place, 'ready'));
      const strict = new MirrorProcess([...words, '--require-fresh']);
      mirrors.push(strict);
      await untilSo(() => strict.logs.includes('the cluster cannot be asked'), strict);
      expect(read('ready')).toBeUndefined();
      await strict.kill('SIGTERM');
      const next = new MirrorProcess([...words, '--ready-file', join(place, 'ready2')]);
      mirrors.push(next);
      await untilSo(() => read('ready2') !== undefined, next);
      const again = await own.startAgain();
      await send(again.clientPort, body('2'));
      await untilSeen({ a: '2' }, next);
      expect(next.logs).toMatch(/the cluster answers again/);
      await again.remove();
    } finally {
      await own.remove();
    }
  });

  const whyNot = whyNotMounted();
  (whyNot === undefined ? test : test.skip)(
    `a full disk leaves the last state, and is tried again${whyNot === undefined ? '' : ` (skipped: ${whyNot})`}`,
    async () => {
      mkdirSync(directory);
      expect(mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory)).toBeUndefined();
      try {
        await put('app/a', '1');
        const mirror = start();
        await untilSeen({ a: '1' }, mirror);
        await put('app/big', 'x'.repeat(2_000_000));
        await untilSo(() => mirror.logs.includes('ENOSPC'), mirror);
        expect(seen()).toEqual({ a: '1' });
        expect(readdirSync(directory).filter(isGeneration)).toHaveLength(1);
        expect(mount('-o', 'remount,size=10m', directory)).toBeUndefined();
        await untilSo(() => seenByName(directory).get('big')?.length === 2_000_000, mirror);
        expect(mirror.logs.match(/ENOSPC/g)).toHaveLength(1);
        await mirror.kill('SIGTERM');
      } finally {
        unmount(directory);
      }
    },
  );

  test('a command runs after each state, one at a time; one that hangs is ended', async () => {
    await put('app/a', '1');
    const out = join(place, 'out');
    const script = join(place, 'reload.sh');
    writeFileSync(
      script,
      'echo "begin $(cat "$CAIRN_MIRROR_DIRECTORY/a") ${ETCDCTL_USER-none}" >> "$1"; [ "$(cat "$CAIRN_MIRROR_DIRECTORY/a")" = 2 ] && sleep 600; echo end >> "$1"\n',
    );
    const mirror = start('--exec', `/bin/sh '${script}' "${out}"`, '--exec-timeout', '2');
    await untilSo(() => read('out') === 'begin 1 none\nend\n', mirror);
    await put('app/a', '2');
    await untilSo(() => read('out')?.includes('begin 2') === true, mirror);
    await put('app/a', '3');
    await untilSo(() => read('out')?.endsWith('begin 3 none\nend\n') === true, mirror);
    expect(read('out')).toBe('begin 1 none\nend\nbegin 2 none\nbegin 3 none\nend\n');
    expect(mirror.logs).toMatch(/took longer than 2 s, and was ended/);
    expect((await mirror.kill('SIGTERM')).code).toBe(0);
    // The next one begins with a state that was told.
    const next = start('--exec', `/bin/sh '${script}' "${out}"`);
    await untilSo(() => next.logs.includes('the last state is still there'), next);
    await put('app/a', '4');
    await untilSo(() => read('out')?.endsWith('begin 4 none\nend\n') === true, next);
    expect(read('out')?.match(/begin 3/g)).toHaveLength(1);
  });

  test('it waits for a command that runs when it is asked to stop, until it is asked once more', async () => {
    await put('app/a', '1');
    const out = join(place, 'out');
    const mirror = start('--exec', `/bin/sh -c 'echo > "${out}"; exec sleep 6'`);
    await untilSo(() => existsSync(out), mirror);
    void mirror.kill('SIGTERM');
    await untilSo(() => mirror.logs.includes('asked to stop'), mirror);
    await new Promise((done) => setTimeout(done, SAME_WISH_MS));
    expect(mirror.isRunning).toBe(true);
    expect((await mirror.kill('SIGTERM')).code).toBe(130);
  });

  test('metrics and readiness are served where it was asked for', async () => {
    await put('app/a', '1');
    const port = await stablePort();
    const mirror = start('--metrics-listen', `127.0.0.1:${port}`);
    await untilSeen({ a: '1' }, mirror);
    await untilSo(() => mirror.logs.includes('a new state is there'), mirror);
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toMatch(/\ncairn_mirror_keys 1\n/);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    expect((await mirror.kill('SIGTERM')).code).toBe(0);
  });
}
