/** `cairn mirror` into a directory that cannot be written to, or that another process writes to. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keys } from '../../src/client/keys';
import { seenByName } from '../mirror/support/readers';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { MirrorProcess, untilSo } from './mirrorProcess';
import { mount, unmount, whyNotMounted } from './mounts';

const reason = whyMissing('cairn');
if (reason === undefined) describe('the directory of a mirror', suite);
else describe.skip(`the directory of a mirror (skipped: ${reason})`, suite);

const QUICK = ['--debounce', '10', '--longest-wait', '100'];

function suite(): void {
  let member: ServerProcess;
  let keys: Keys;
  let place: string;
  let directory: string;
  const mirrors: MirrorProcess[] = [];

  beforeAll(async () => {
    member = await ServerProcess.start('cairn');
    keys = new Keys({ url: member.clientUrl, timeoutMs: 10_000 });
  });
  afterAll(() => member.remove());

  beforeEach(async () => {
    place = mkdtempSync(join(tmpdir(), 'cairn-mirror-'));
    directory = join(place, 'config');
    mkdirSync(directory);
    await keys.set('/app/a', '1');
    await keys.set('/other/b', '1');
  });
  afterEach(async () => {
    for (const mirror of mirrors.splice(0)) await mirror.kill('SIGKILL');
    rmSync(place, { recursive: true, force: true });
    for (const key of ['/app', '/other']) await keys.delete(key, { recursive: true });
  });

  const start = (prefix: string, ...more: readonly string[]): MirrorProcess => {
    const mirror = new MirrorProcess([prefix, '--to', directory, '--url', member.clientUrl, ...QUICK, ...more]);
    mirrors.push(mirror);
    return mirror;
  };
  const seen = (): unknown => Object.fromEntries(seenByName(directory));
  const untilSeen = (files: object, mirror: MirrorProcess): Promise<void> =>
    untilSo(() => JSON.stringify(seen()) === JSON.stringify(files), mirror);

  test('is for one process: a second one, of this prefix or another, ends and takes nothing from the first', async () => {
    const ready = join(place, 'ready');
    const first = start('/app', '--ready-file', ready);
    await untilSo(() => existsSync(ready), first);
    const before = readdirSync(directory).sort();
    for (const [prefix, ...more] of [['/app'], ['/other'], ['/other', '--once']] as const) {
      const second = start(prefix, '--ready-file', ready, '--exec', `touch ${join(place, 'told')}`, ...more);
      expect(await second.ended).toEqual({ code: 1, signal: null });
      expect(second.logs).toContain(`another cairn mirror writes to ${directory}, and two need two directories`);
      expect([readdirSync(directory).sort(), existsSync(ready), existsSync(join(place, 'told'))]).toEqual([
        ...[before, true, false],
      ]);
    }
    await keys.set('/app/a', '2');
    await untilSeen({ a: '2' }, first);
    // What a killed one leaves is in nobody's way.
    await first.kill('SIGKILL');
    const next = start('/other');
    await untilSeen({ b: '1' }, next);
    expect(await next.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(readdirSync(directory).filter((name) => name.startsWith('..lock-'))).toEqual([]);
  });

  const whyNot = whyNotMounted();
  const mounted = whyNot === undefined ? test : test.skip;
  const skipped = whyNot === undefined ? '' : ` (skipped: ${whyNot})`;

  mounted(
    `read-only from the beginning or meanwhile: said once in a sentence, and it goes on when it is not${skipped}`,
    async () => {
      expect(mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory)).toBeUndefined();
      try {
        expect(mount('-o', 'remount,ro', directory)).toBeUndefined();
        const mirror = start('/app');
        const said = (): number => mirror.logs.match(/the new state cannot be written/g)?.length ?? 0;
        const tries = async (): Promise<void> => {
          // Another try is one more listing, which nothing else asks for.
          const lists = await listings();
          await untilSo(() => said() > 0, mirror);
          for (let now = lists; now < lists + 3; now = await listings())
            await new Promise((done) => setTimeout(done, 20));
        };
        await tries();
        expect(said()).toBe(1);
        expect(mirror.logs).toContain(
          `${directory}: what it lies on is read-only; make it writable, and it goes on (EROFS)`,
        );
        expect(mount('-o', 'remount,rw', directory)).toBeUndefined();
        await untilSeen({ a: '1' }, mirror);
        // A second one has no way in, though the first began without a way to keep it out.
        await untilSo(() => mirror.logs.includes('the state is written again'), mirror);
        const second = start('/other', '--once');
        expect([(await second.ended).code, second.logs]).toEqual([
          1,
          expect.stringContaining('another cairn mirror writes'),
        ]);
        expect(mount('-o', 'remount,ro', directory)).toBeUndefined();
        await keys.set('/app/a', '2');
        await untilSo(() => said() === 2, mirror);
        await tries();
        expect([seen(), said()]).toEqual([{ a: '1' }, 2]);
        expect(mount('-o', 'remount,rw', directory)).toBeUndefined();
        await untilSeen({ a: '2' }, mirror);
        expect(await mirror.kill('SIGTERM')).toEqual({ code: 0, signal: null });
      } finally {
        for (const mirror of mirrors.splice(0)) await mirror.kill('SIGKILL');
        unmount(directory);
      }
    },
  );

  mounted(`--once onto a disk without room: the last state counts and that is said${skipped}`, async () => {
    expect(mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory)).toBeUndefined();
    try {
      // What cannot succeed takes all of its time, in which it has to get as far as the first try.
      const [once, inVain] = [
        ['--once', '--timeout', '20'],
        ['--once', '--timeout', '3'],
      ];
      writeFileSync(join(directory, 'theirs'), Buffer.alloc(900_000));
      await keys.set('/app/big', 'x'.repeat(300_000));
      const none = start('/app', ...inVain);
      expect([(await none.ended).code, none.logs]).toEqual([
        1,
        expect.stringContaining('disk is full; make room there'),
      ]);
      expect(readdirSync(directory)).toEqual(['theirs']);
      await keys.delete('/app/big');
      expect((await start('/app', ...once).ended).code).toBe(0);
      await keys.set('/app/big', 'x'.repeat(300_000));
      const last = start('/app', ...inVain);
      expect([(await last.ended).code, last.logs]).toEqual([
        0,
        expect.stringContaining('could not be read and written in time'),
      ]);
      expect(readFileSync(join(directory, 'a'), 'utf8')).toBe('1');
      rmSync(join(directory, 'theirs'));
      expect((await start('/app', ...once).ended).code).toBe(0);
      expect(seenByName(directory).get('big')).toHaveLength(300_000);
    } finally {
      for (const mirror of mirrors.splice(0)) await mirror.kill('SIGKILL');
      unmount(directory);
    }
  });

  /** How often this member was asked for a key or directory and gave it. */
  async function listings(): Promise<number> {
    const { getsSuccess } = (await (await fetch(`${member.clientUrl}/v2/stats/store`)).json()) as {
      getsSuccess: number;
    };
    return getsSuccess;
  }
}
