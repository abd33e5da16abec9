/**
 * The client that people have: etcdctl speaks to Cairn and to a real etcd, and says the same. What a recording can say of it is in
 * test/transcripts/etcdctl; here is what takes time, happens meanwhile or has indexes of its own.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchText } from '../support/exchange';
import { stablePort } from '../support/ports';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import type { Program } from '../support/serverProcess';
import { RunningEtcdctl, runEtcdctl, whyNoEtcdctl } from './etcdctlRunner';

const PROGRAMS: readonly Program[] = ['cairn', 'etcd'];

for (const program of PROGRAMS) {
  const reason = whyNoEtcdctl() ?? whyMissing(program);
  if (reason === undefined) describe(`etcdctl against ${program}`, () => suite(program));
  else describe.skip(`etcdctl against ${program} (skipped: ${reason})`, () => suite(program));
}

function suite(program: Program): void {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start(program);
  });

  afterAll(async () => {
    await server.remove();
  });

  const run = (line: string) => runEtcdctl(server.clientUrl, line.split(' '));
  const setAll = async (pairs: Readonly<Record<string, string>>): Promise<void> => {
    for (const [key, value] of Object.entries(pairs)) await run(`set ${key} ${value}`);
  };
  const nodeOf = async (key: string): Promise<{ createdIndex: number; modifiedIndex: number }> =>
    JSON.parse((await run(`-o json get ${key}`)).stdout).node;

  /** A watch whose client was killed is counted a moment longer. */
  const untilWatchers = async (count: number, what: string): Promise<void> => {
    for (const deadline = Date.now() + 5000; (await watchersOf(server)) !== count;) {
      if (Date.now() > deadline)
        throw new Error(`${what}: there are not ${count} watchers, but ${await watchersOf(server)}`);
    }
  };

  /** Starts a watch and waits until the server knows of it, and of no other. */
  const startWatch = async (commandLine: readonly string[]): Promise<RunningEtcdctl> => {
    await untilWatchers(0, 'the watches before have ended');
    const watch = new RunningEtcdctl(server.clientUrl, commandLine);
    await untilWatchers(1, commandLine.join(' '));
    return watch;
  };

  test('mk --in-order makes keys that sort by age', async () => {
    for (const value of ['first', 'second', 'third']) {
      expect(await run(`mk /queue ${value} --in-order`)).toEqual({ code: 0, stdout: `${value}\n`, stderr: '' });
    }
    const keys = (await run('ls --sort /queue')).stdout.trim().split('\n');
    expect(keys).toHaveLength(3);
    for (const key of keys) expect(key).toMatch(/^\/queue\/\d{20}$/);
    const values = await Promise.all(keys.map(async (key) => (await run(`get ${key}`)).stdout));
    expect(values).toEqual(['first\n', 'second\n', 'third\n']);
  });

  test('--swap-with-index and --with-index take the index of the last change', async () => {
    await run('set /by-index one');
    const swapped = await run(`set /by-index two --swap-with-index ${(await nodeOf('/by-index')).modifiedIndex}`);
    expect(swapped).toEqual({ code: 0, stdout: 'two\n', stderr: '' });
    const node = await nodeOf('/by-index');
    expect(node.modifiedIndex).toBe(node.createdIndex + 1);
    expect((await run(`rm /by-index --with-index ${node.modifiedIndex}`)).code).toBe(0);
    expect((await run('get /by-index')).code).toBe(4);
  });

  test('a key with --ttl goes away', async () => {
    await run('set /short-lived v --ttl 1');
    const watched = await run('watch /short-lived');
    // Only a delete shows the old value; an expiry has no value of its own.
    expect(watched).toEqual({ code: 0, stdout: '\n', stderr: '' });
    expect((await run('get /short-lived')).code).toBe(4);
  });

  test('-o extended shows the indexes', async () => {
    await setAll({ '/extended': 'one' });
    const changed = await run('-o extended set /extended two --ttl 100');
    const { createdIndex, modifiedIndex } = await nodeOf('/extended');
    expect(createdIndex).toBe(modifiedIndex);
    expect(changed.stdout).toBe(
      `Key: /extended\nCreated-Index: ${createdIndex}\nModified-Index: ${modifiedIndex}\n` +
        `PrevNode.Value: one\nTTL: 100\nIndex: ${modifiedIndex}\n\ntwo\n`,
    );
    await setAll({ '/extended': 'three' });
    const plain = await run('-o extended get /extended');
    const next = modifiedIndex + 1;
    expect(plain.stdout).toBe(
      `Key: /extended\nCreated-Index: ${next}\nModified-Index: ${next}\nTTL: 0\nIndex: ${next}\n\nthree\n`,
    );
  });

  test('-o json shows the whole answer', async () => {
    await setAll({ '/json/a': '1' });
    const created = (await nodeOf('/json/a')).modifiedIndex;
    const node = (index: number, value: string) =>
      `{"key":"/json/a","value":"${value}","nodes":null,"createdIndex":${index},"modifiedIndex":${index}}`;
    expect((await run('-o json set /json/a 2')).stdout).toBe(
      `{"action":"set","node":${node(created + 1, '2')},"prevNode":${node(created, '1')}}\n`,
    );
    expect((await run('-o json ls /json')).stdout).toBe(
      `{"action":"get","node":{"key":"/json","dir":true,"value":"","nodes":[${node(created + 1, '2')}],` +
        `"createdIndex":${created},"modifiedIndex":${created}},"prevNode":null}\n`,
    );
  });

  test('watch ends after one event', async () => {
    const watch = await startWatch(['watch', '/watched']);
    await setAll({ '/other': 'x', '/watched': 'seen' });
    expect(await watch.outcome()).toEqual({ code: 0, stdout: 'seen\n', stderr: '' });
  });

  test('watch --recursive --forever sees everything below, but no directories', async () => {
    await setAll({ '/tree/old': 'x' });
    const watch = await startWatch(['watch', '--recursive', '--forever', '/tree']);
    await setAll({ '/tree/a/b': '1', '/elsewhere': 'x', '/tree/c': '2' });
    await run('mkdir /tree/dir');
    await run('update /tree/c 3');
    await run('rm /tree/old');
    const expected =
      '[set] /tree/a/b\n1\n[set] /tree/c\n2\n[update] /tree/c\n3\n[delete] /tree/old\nPrevNode.Value: x\n';
    await watch.untilLines(expected.split('\n').length - 1);
    await watch.kill();
    expect(watch.output()).toBe(expected);
  });

  test('exec-watch runs a command for each event', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'exec-watch-'));
    const file = join(directory, 'seen');
    const script = `echo "$ETCD_WATCH_ACTION $ETCD_WATCH_KEY $ETCD_WATCH_VALUE" >> ${file}; echo done`;
    const watch = await startWatch(['exec-watch', '--recursive', '/run', '--', 'sh', '-c', script]);
    await setAll({ '/run/a': 'first' });
    await watch.untilLines(1);
    await run('rm /run/a');
    await watch.untilLines(2);
    await watch.kill();
    const seen = readFileSync(file, 'utf8');
    rmSync(directory, { recursive: true });
    expect(seen).toBe('set /run/a first\ndelete /run/a \n');
  });

  test('member list, member update and cluster-health know the one member', async () => {
    const list = await run('member list');
    const id = /^([0-9a-f]+): /.exec(list.stdout)?.[1] ?? 'no id';
    const peers = `http://127.0.0.1:${server.peerPort}`;
    const line = (urls: string) =>
      `${id}: name=default peerURLs=${urls} clientURLs=${server.clientUrl} isLeader=true\n`;
    expect(list).toEqual({ code: 0, stdout: line(peers), stderr: '' });
    expect(await run('cluster-health')).toEqual({
      code: 0,
      stdout: `member ${id} is healthy: got healthy result from ${server.clientUrl}\ncluster is healthy\n`,
      stderr: '',
    });
    const moved = `http://127.0.0.1:${await stablePort()}`;
    const updated = await run(`member update ${id} ${moved}`);
    expect(updated).toEqual({ code: 0, stdout: `Updated member with ID ${id} in cluster\n`, stderr: '' });
    expect((await run('member list')).stdout).toBe(line(moved));
    expect(await run(`member update ${id} ${moved}/path`)).toMatchObject({
      code: 1,
      stderr: `URL must not contain a path: ${moved}/path\n`,
    });
    await run(`member update ${id} ${peers}`);
    expect((await run('member list')).stdout).toBe(line(peers));
  });

  test('the last member cannot be removed', async () => {
    const id = /^([0-9a-f]+): /.exec((await run('member list')).stdout)?.[1] ?? 'no id';
    expect((await run(`member remove ${id}`)).code).toBe(1);
    expect((await run('cluster-health')).code).toBe(0);
  });
}

async function watchersOf(server: ServerProcess): Promise<number> {
  const { watchers } = JSON.parse((await fetchText(server.clientPort, 'GET', '/v2/stats/store')).body);
  return watchers;
}
