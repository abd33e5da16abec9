/** Commands that write keys, killed in each phase: the same command goes on, and leads to what it leads to undisturbed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keys } from '../../src/client/keys';
import type { KeyNode } from '../../src/client/keyEvent';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { runCairn, runKilledAt, type Moment } from './killingProxy';

const reason = whyMissing('cairn');
if (reason === undefined) describe('killed in the midst', suite);
else describe.skip(`killed in the midst (skipped: ${reason})`, suite);

const MARK = '_cairn-migration';

function suite(): void {
  let member: ServerProcess;
  let keys: Keys;
  let place: string;

  beforeAll(async () => {
    member = await ServerProcess.start('cairn');
    keys = new Keys({ url: member.clientUrl, timeoutMs: 10_000 });
  });
  afterAll(() => member.remove());

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'cairn-killed-'));
  });
  afterEach(async () => {
    rmSync(place, { recursive: true, force: true });
    await keys.delete('/app', { recursive: true }).catch(() => undefined);
  });

  /** Values, or that it is a directory, and whether there is a TTL. */
  const contents = async (of: Keys, key: string): Promise<readonly string[]> => {
    const all = (node: KeyNode): string[] =>
      node.nodes.flatMap((each) => [
        `${each.key} ${each.dir ? 'directory' : (each.value ?? '')}${each.expiration === undefined ? '' : ' ttl'}`,
        ...all(each),
      ]);
    return all((await of.list(key, { recursive: true, sorted: true })).node);
  };

  const before = (of: RegExp, after = 0): Moment => ({ of, after, isCarriedOut: false });
  const behind = (of: RegExp, after = 0): Moment => ({ of, after, isCarriedOut: true });

  test('import: before it read, before it wrote, in the midst, and after the last key', async () => {
    const expiry = { ttl: 5000, expires: new Date(Date.now() + 5_000_000).toISOString() };
    const named = Array.from({ length: 40 }, (_, at) => ({
      key: `/rent/k${at}`,
      value: `${at}`,
      ...(at === 7 ? expiry : {}),
    }));
    const file = join(place, 'keys.json');
    const content = { cairn: 'keys', version: 1, prefix: '/app', date: new Date().toISOString() };
    writeFileSync(file, JSON.stringify({ ...content, keys: [{ key: '/rent', directory: true, ...expiry }, ...named] }));
    const words = ['import', file];
    expect((await runCairn([...words, '--url', member.clientUrl]).ended).code).toBe(0);
    const whole = await contents(keys, '/app');
    expect(whole).toHaveLength(41);
    for (const [moment, written] of [
      [before(/^GET/), 41],
      [before(/^PUT/), 41],
      [behind(/^PUT/), 40],
      [behind(/^PUT/, 20), undefined],
      [behind(/^PUT/, 40), 0],
    ] as const) {
      await keys.delete('/app', { recursive: true });
      expect((await runKilledAt(moment, member.clientUrl, words)).signal).toBe('SIGKILL');
      const again = await runCairn([...words, '--url', member.clientUrl]).ended;
      expect([again.code, await contents(keys, '/app')]).toEqual([0, whole]);
      if (written !== undefined)
        expect(again.text).toBe(`/app: ${written} written, ${41 - written} left as they were\n`);
    }
  });

  test('sync: before it read, between what it deletes and what it writes, in the midst, and after the last key', async () => {
    const directory = join(place, 'files');
    for (const name of ['was-value', 'was-deeper', 'same']) {
      mkdirSync(join(directory, name), { recursive: true });
      for (let at = 0; at < 10; at++) writeFileSync(join(directory, name, `k${at}`), `${name} ${at}`);
    }
    const fill = async (): Promise<void> => {
      await keys.delete('/app', { recursive: true }).catch(() => undefined);
      await keys.set('/app/was-value', 'where a directory is wanted');
      for (let at = 0; at < 10; at++) await keys.set(`/app/was-deeper/k${at}/x/y`, 'where a value is wanted');
      await keys.set('/app/same/k0', 'same 0');
      await keys.set('/app/gone/x', 'wanted by nobody');
      await keys.set('/app/lease', 'of whoever renews it', { ttlSeconds: 5000 });
    };
    const words = ['sync', directory, '/app', '--prune', '--yes', '--names-only'];
    await fill();
    expect((await runCairn([...words, '--url', member.clientUrl]).ended).code).toBe(0);
    const whole = await contents(keys, '/app');
    expect(whole).toHaveLength(34);
    for (const moment of [
      before(/^GET/),
      behind(/^DELETE/),
      behind(/^DELETE/, 14),
      before(/^PUT/),
      behind(/^PUT/, 15),
      behind(/^PUT/, 28),
    ]) {
      await fill();
      expect((await runKilledAt(moment, member.clientUrl, words)).signal).toBe('SIGKILL');
      const again = await runCairn([...words, '--url', member.clientUrl]).ended;
      expect([again.code, await contents(keys, '/app')]).toEqual([0, whole]);
      expect(again.text).toMatch(/changes? made to \/app$|is as .* says$/m);
    }
  });

  test('migrate: while it raises the index, copies, gives TTLs, and takes its mark away', async () => {
    const source = await ServerProcess.start('cairn');
    try {
      const from = new Keys({ url: source.clientUrl, timeoutMs: 10_000 });
      await from.mkdir('/app/rent', { ttlSeconds: 5000 });
      for (let at = 0; at < 50; at++) await from.set(`/app/k${at}`, `${at}`, at < 5 ? { ttlSeconds: 5000 } : {});
      const wanted = await contents(from, '/');
      const words = ['migrate', '--from', source.clientUrl, '--once'];
      const mark = () =>
        keys.get(`/${MARK}`).then(
          ({ node }) => node.value,
          () => undefined,
        );
      for (const [moment, isMarked] of [
        [before(new RegExp(`^PUT .*/${MARK}`)), false],
        [behind(new RegExp(`^PUT .*/${MARK}`)), true],
        [behind(/^PUT .*\/k/, 10), true],
        // All are copied, and the first of those that get their TTL in the end has it.
        [behind(/^PUT .*\/k/, 50), true],
        [before(new RegExp(`^DELETE .*/${MARK}`)), true],
      ] as const) {
        await keys.delete('/app', { recursive: true }).catch(() => undefined);
        expect((await runKilledAt(moment, member.clientUrl, words)).signal).toBe('SIGKILL');
        expect((await mark()) !== undefined).toBe(isMarked);
        const again = await runCairn([...words, '--url', member.clientUrl]).ended;
        expect([again.code, await contents(keys, '/')]).toEqual([0, wanted]);
        expect(await mark()).toBeUndefined();
      }
      // After its last change it only had to say so; whoever did not hear it is told, and of a target that differs that it does.
      await keys.delete('/app', { recursive: true });
      const last = behind(new RegExp(`^DELETE .*/${MARK}`));
      expect((await runKilledAt(last, member.clientUrl, words)).signal).toBe('SIGKILL');
      const told = await runCairn([...words, '--url', member.clientUrl]).ended;
      expect([told.code, told.text]).toEqual([
        1,
        expect.stringMatching(/exactly what the source does.*it had finished/),
      ]);
      await keys.set('/app/k7', 'of a client');
      const differs = await runCairn([...words, '--url', member.clientUrl]).ended;
      expect([differs.code, differs.text]).toEqual([1, expect.stringContaining('the target holds keys already')]);
      expect((await keys.get('/app/k7')).node.value).toBe('of a client');
    } finally {
      await source.remove();
    }
  });
}
