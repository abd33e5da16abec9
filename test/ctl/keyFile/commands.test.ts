/** cairn export, import and sync against a real member. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keys } from '../../../src/client/keys';
import type { KeyNode } from '../../../src/client/keyEvent';
import { exportKeys } from '../../../src/ctl/keyFile/export';
import { importKeys } from '../../../src/ctl/keyFile/import';
import { parseKeyDocument } from '../../../src/ctl/keyFile/keyDocument';
import { KeyStore } from '../../../src/ctl/keyFile/keyStore';
import { sync } from '../../../src/ctl/sync/sync';
import { Cluster } from '../../cluster/cluster';
import { captureOutput } from '../output';
import { directory04, file04, snapshotFile04 } from './etcd04Files';

const output = captureOutput();
let cluster: Cluster;
let keys: Keys;
let url = '';
let directory = '';

beforeAll(async () => {
  cluster = await Cluster.start({ size: 1 });
  url = `http://127.0.0.1:${cluster.members[0]?.clientPort}`;
  keys = new Keys({ url, timeoutMs: 10_000 });
});

afterAll(() => cluster.end());

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-keys-'));
  for (const name of ['app', 'copy', '_own']) await keys.delete(`/${name}`, { recursive: true }).catch(() => undefined);
});

afterEach(() => rmSync(directory, { recursive: true }));

function put(name: string, content: string): void {
  mkdirSync(join(directory, name, '..'), { recursive: true });
  writeFileSync(join(directory, name), content);
}

/** Values by key, and null for directories, as they are below a prefix. */
async function below(prefix: string): Promise<Record<string, string | null>> {
  const all = (node: KeyNode): [string, string | null][] =>
    node.nodes.flatMap((each) => [[each.key.slice(prefix.length), each.value ?? null], ...all(each)]);
  const { node } = await keys.list(prefix, { recursive: true });
  return Object.fromEntries(all(node));
}

test('export says which keys hold bytes that no listing shows', async () => {
  const form = {
    method: 'PUT',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'value=%ff%fe',
  };
  await fetch(`${url}/v2/keys/app/picture`, form);
  expect(await exportKeys(['/app', '--url', url])).toBe(0);
  expect(output.text()).toMatch(/1 of 1 keys \(\/picture\) have U\+FFFD in them.*cairn snapshot save keeps them/);
});

describe('export and import', () => {
  beforeEach(async () => {
    await keys.set('/app/db/host', 'db1\n');
    await keys.set('/app/db/ü "quoted" #1', '');
    await keys.set('/app/lease', 'mine', { ttlSeconds: 1000 });
    await keys.mkdir('/app/empty');
    await keys.mkdir('/app/rent', { ttlSeconds: 2000 });
    await keys.set('/app/_secret/one', 'hidden');
  });

  test.each(['yaml', 'json'])('what is exported as %s comes back as it was, elsewhere too', async (form) => {
    const file = join(directory, 'keys');
    expect(await exportKeys(['/app', '--url', url, '--to', file, '--output', form, '--hidden', '_secret'])).toBe(0);
    expect(output.text()).toContain(`8 keys and directories below /app are in ${file}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await importKeys([file, '--url', url, '--prefix', 'copy'])).toBe(0);
    expect(output.text()).toContain('/copy: 8 written, 0 left as they were');
    expect(await below('/copy')).toEqual(await below('/app'));
    expect((await keys.get('/copy/_secret/one')).node.value).toBe('hidden');
    const lease = await keys.get('/copy/lease');
    expect(lease.node.ttlSeconds).toBeGreaterThan(900);
    expect(lease.node.ttlSeconds).toBeLessThanOrEqual(1001);
    expect((await keys.get('/copy/rent')).node.ttlSeconds).toBeGreaterThan(1900);
    // Once more: nothing is left to do, hidden keys included.
    expect(await importKeys([file, '--url', url, '--prefix', 'copy', '--ttl', 'left'])).toBe(0);
    expect(output.text()).toContain('/copy: 0 written, 8 left as they were');
  });

  test('a key that is named is in the file, once, or there is no file', async () => {
    const file = join(directory, 'keys');
    for (const missing of ['_typo', '/app/_secret']) {
      expect(await exportKeys(['/app', '--url', url, '--to', file, '--hidden', `_secret,${missing}`])).toBe(1);
      expect(output.text()).toContain(
        `there is no key /app${missing.startsWith('/') ? missing : `/${missing}`}; nothing was written`,
      );
    }
    expect(readdirSync(directory)).toEqual([]);
    expect(await exportKeys(['/app', '--url', url, '--to', file, '--hidden', '_secret,_secret/one,db'])).toBe(0);
    expect(await importKeys([file, '--url', url, '--prefix', 'copy'])).toBe(0);
    expect(await below('/copy')).toEqual(await below('/app'));
  });

  test('what is hidden in something hidden is seen before it is written', async () => {
    put(
      'nested',
      JSON.stringify({
        ...{ cairn: 'keys', version: 1, prefix: '/copy', date: new Date().toISOString() },
        keys: [
          { key: '/_a/_b/c', value: '1' },
          { key: '/_a/d/_e', value: '1' },
        ],
      }),
    );
    const imported = (...more: readonly string[]): Promise<number> =>
      importKeys([join(directory, 'nested'), '--url', url, ...more]);
    expect(await imported()).toBe(0);
    expect(await imported()).toBe(0);
    expect(output.text()).toContain('/copy: 0 written, 2 left as they were');
    await keys.set('/copy/_a/_b/c', '2');
    expect(await imported()).toBe(1);
    expect(output.text()).toContain('nothing was changed: /copy/_a/_b/c: it is there already, with another value');
    expect(await imported('--existing', 'keep')).toBe(0);
    expect(await imported('--existing', 'replace')).toBe(0);
    expect((await keys.get('/copy/_a/_b/c')).node.value).toBe('1');
    // A value in the place of a directory is told as one, however deep what is asked for would be.
    await keys.delete('/copy/_a', { recursive: true });
    await keys.set('/copy/_a', 'x');
    expect(await imported()).toBe(1);
    expect(output.text()).toContain('nothing was changed: /copy/_a: it has a value, and a directory is wanted');
  });

  test('without a file it goes to the standard output, and is read from the standard input', async () => {
    expect(await exportKeys(['app/db/', '--url', url])).toBe(0);
    expect(parseKeyDocument(output.text()).keys).toEqual([
      { key: '/host', value: 'db1\n' },
      { key: '/ü "quoted" #1', value: '' },
    ]);
  });

  test('nothing is overwritten that is there: no file, and no key unless it is said', async () => {
    const file = join(directory, 'keys');
    writeFileSync(file, 'precious');
    expect(await exportKeys(['/app', '--url', url, '--to', file])).toBe(1);
    expect(output.text()).toContain(`${file} is there already`);
    expect([readFileSync(file, 'utf8'), readdirSync(directory)]).toEqual(['precious', ['keys']]);

    expect(await exportKeys(['/app', '--url', url, '--to', file, '--replace'])).toBe(0);
    await keys.set('/app/db/host', 'db2');
    expect(await importKeys([file, '--url', url])).toBe(1);
    expect(output.text()).toContain('nothing was changed: /app/db/host: it is there already, with another value');
    expect(await importKeys([file, '--url', url, '--existing', 'keep'])).toBe(0);
    expect((await keys.get('/app/db/host')).node.value).toBe('db2');
    expect(await importKeys([file, '--url', url, '--existing', 'replace'])).toBe(0);
    expect((await keys.get('/app/db/host')).node.value).toBe('db1\n');
  });

  test('with --existing replace keys go at the date of the file, also where only that differs', async () => {
    const file = join(directory, 'keys');
    await keys.set('/dated/a', '1', { ttlSeconds: 500 });
    expect(await exportKeys(['/dated', '--url', url, '--to', file])).toBe(0);
    await keys.set('/dated/a', '1', { ttlSeconds: 9000 });
    for (const left of [
      [0, 1],
      [1, 0],
    ] as const) {
      expect(await importKeys([file, '--url', url, '--existing', 'replace'])).toBe(0);
      expect(output.text()).toContain(`/dated: ${left[1]} written, ${left[0]} left as they were`);
      expect((await keys.get('/dated/a')).node.ttlSeconds).toBeLessThan(501);
    }
  });

  test('keys whose time is over, and what lay in such directories, are not brought back', async () => {
    const past = '2020-01-01T00:00:00Z';
    put(
      'old',
      JSON.stringify({
        ...{ cairn: 'keys', version: 1, prefix: '/copy', date: past },
        keys: [
          { key: '/d', directory: true, ttl: 5, expires: past },
          { key: '/d/x', value: '1' },
          { key: '/gone', value: '1', ttl: 5, expires: past },
          { key: '/stays', value: '1' },
        ],
      }),
    );
    expect(await importKeys([join(directory, 'old'), '--url', url])).toBe(0);
    expect(output.text()).toContain('/copy: 1 written, 0 left as they were, 3 whose time is over');
    expect(await below('/copy')).toEqual({ '/stays': '1' });
    expect(await importKeys([join(directory, 'old'), '--url', url, '--ttl', 'none'])).toBe(0);
    expect(await below('/copy')).toEqual({ '/stays': '1', '/d': null, '/d/x': '1', '/gone': '1' });
  });

  test('what is wrong with the file or the arguments is said, and nothing is asked', async () => {
    put('bad', '{"cairn":"keys","version":1,"prefix":"/a","date":"x","keys":[{"key":"/a","value":1}]}');
    expect(await importKeys([join(directory, 'bad'), '--url', 'http://127.0.0.1:9'])).toBe(2);
    expect(output.text()).toContain('bad: keys[0].value: a text was expected; put it into quotes');
    expect(await importKeys([join(directory, 'absent'), '--url', 'http://127.0.0.1:9'])).toBe(2);
    expect(await exportKeys(['/app/../x', '--url', 'http://127.0.0.1:9'])).toBe(2);
    expect(await exportKeys(['/app', '--output', 'xml', '--url', 'http://127.0.0.1:9'])).toBe(2);
    expect(await exportKeys(['/app/lease', '--url', url])).toBe(1);
    expect(output.text()).toContain('Not a directory');
    expect(await exportKeys(['/app', '--url', url, '--to', join(directory, 'no', 'file')])).toBe(1);
    expect(output.text()).toContain('its directory is not there');
    expect(await exportKeys(['/app', '--url', url, '--to', '/dev/full'])).toBe(1);
  });
});

test('import takes the keys of a snapshot of etcd 0.4, hidden ones too', async () => {
  const file = join(directory, '1_9.ss');
  const old = { ...file04('gone'), ExpireTime: '2014-01-01T00:00:00Z' };
  writeFileSync(
    file,
    snapshotFile04({ _etcd: directory04({}), db: directory04({ host: file04('db1'), _seed: file04('7'), old }) }),
  );
  expect(await importKeys([file, '--url', url, '--prefix', 'copy', '--ttl', 'left'])).toBe(2);
  expect(output.text()).toContain('use --ttl date or none');
  expect(await importKeys([file, '--url', url, '--prefix', 'copy'])).toBe(0);
  expect(output.text()).toContain('/copy: 3 written, 0 left as they were, 1 whose time is over');
  expect(await below('/copy')).toEqual({ '/db': null, '/db/host': 'db1' });
  expect((await keys.get('/copy/db/_seed')).node.value).toBe('7');
});

describe('sync', () => {
  const arguments_ = (...more: readonly string[]) => [directory, '/app', '--url', url, ...more];

  test('shows, writes, and the second time finds nothing to do', async () => {
    put('db/host', 'db1\n');
    put('name', 'x');
    expect(await sync(arguments_('--dry-run'))).toBe(0);
    expect(output.text()).toContain('+ /app/db/host\n    + db1\n');
    expect(output.text()).toContain('2 changes would be made to /app; nothing was changed');
    await expect(keys.get('/app')).rejects.toMatchObject({ code: 100 });
    expect(await sync(arguments_('--yes', '--names-only'))).toBe(0);
    expect(output.text().split('db1')).toHaveLength(2);
    expect(await below('/app')).toEqual({ '/db': null, '/db/host': 'db1\n', '/name': 'x' });
    expect(await sync(arguments_())).toBe(0);
    expect(output.text()).toContain(`/app is as ${directory} says`);
  });

  test('where nobody can be asked nothing is changed without --yes', async () => {
    put('a', '1');
    expect(await sync(arguments_())).toBe(2);
    expect(output.text()).toContain('nobody can be asked here: give --yes');
    await expect(keys.get('/app')).rejects.toMatchObject({ code: 100 });
  });

  test('keys that no file names stay, and go with --prune, but for those with a TTL and hidden ones', async () => {
    await keys.set('/app/old/x', '1');
    await keys.set('/app/live/x', '1', { ttlSeconds: 100 });
    await keys.set('/app/kept/_hidden', '1');
    put('a', '1');
    expect(await sync(arguments_('--yes'))).toBe(0);
    expect(Object.keys(await below('/app'))).toEqual(expect.arrayContaining(['/old/x', '/live/x', '/a']));
    // The directory with the hidden key cannot be emptied, and nothing hidden is ever deleted.
    expect(await sync(arguments_('--yes', '--prune'))).toBe(1);
    expect(output.text()).toContain('/app/kept holds keys that are hidden, or new');
    expect((await keys.get('/app/kept/_hidden')).node.value).toBe('1');
    await keys.delete('/app/kept', { recursive: true });
    expect(await sync(arguments_('--yes', '--prune'))).toBe(0);
    expect(await below('/app')).toEqual({ '/a': '1', '/live': null, '/live/x': '1' });
  });

  test('a file takes the place of a directory, and a directory that of a key, only with --prune', async () => {
    await keys.set('/app/one/x', '1');
    await keys.set('/app/two', '2');
    put('one', 'value');
    put('two/y', 'value');
    expect(await sync(arguments_('--yes'))).toBe(1);
    expect(output.text()).toContain('nothing was changed: ');
    expect(await sync(arguments_('--yes', '--prune'))).toBe(0);
    expect(await below('/app')).toEqual({ '/one': 'value', '/two': null, '/two/y': 'value' });
  });

  test('what somebody else changes between the look and the write is not overwritten', async () => {
    await keys.set('/app/a', 'theirs');
    const store = new KeyStore(keys, '/app');
    const [found] = await store.read();
    const { key, modifiedIndex } = found!.present;
    await keys.set('/app/a', 'newer');
    const change = { kind: 'replace', key, before: 'theirs', value: 'mine', modifiedIndex } as const;
    await expect(store.carryOut(change)).rejects.toThrow('/app/a was changed by somebody else meanwhile');
    await expect(store.carryOut({ kind: 'delete', key, before: 'theirs', modifiedIndex })).rejects.toThrow('meanwhile');
    await expect(store.carryOut({ kind: 'create', key, value: 'mine' })).rejects.toThrow('meanwhile');
    expect((await keys.get('/app/a')).node.value).toBe('newer');
  });

  test('a directory that cannot be taken is said before anybody is asked', async () => {
    expect(await sync([join(directory, 'absent'), '/app', '--url', 'http://127.0.0.1:9'])).toBe(2);
    put('_x', '1');
    expect(await sync([directory, '/app', '--url', 'http://127.0.0.1:9'])).toBe(2);
    expect(existsSync(join(directory, '_x'))).toBe(true);
  });
});
