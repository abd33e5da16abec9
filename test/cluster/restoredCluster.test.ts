/** A cluster is saved, lost, and comes back from the file, as operators do it: with the commands. */
import { execFile, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createClient, type Client } from '../../src/client/client';
import { startLiar } from '../ctl/snapshot/liar';
import { fileOfRows, machineAfter, rowsOf, set } from '../snapshot/support/states';
import { stablePort } from '../support/ports';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { sleep, until } from './waiting';

const ENTRY = process.env['CAIRN_ENTRY'] ?? resolve(__dirname, '../../dist/cairn.js');
const NAMES = ['a', 'b', 'c'] as const;
const KEYS = 500;

const reason = whyMissing('cairn');
if (reason === undefined) describe('a restored cluster', suite);
else describe.skip(`a restored cluster (skipped: ${reason})`, suite);

function cairn(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [ENTRY, 'snapshot', ...args], { encoding: 'utf8' });
}

/** Runs a command until something is so, and kills it then. */
async function killedOnce(isSo: () => boolean, ...args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [ENTRY, 'snapshot', ...args], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  while (!isSo() && child.exitCode === null) await sleep(1);
  child.kill('SIGKILL');
  await exited;
}

function suite(): void {
  let directory: string;
  let file: string;
  const servers: ServerProcess[] = [];
  const clients: Client[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cairn-restored-'));
    file = join(directory, 'state.snap');
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers.splice(0)) await server.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  async function started(...startups: readonly Promise<ServerProcess>[]): Promise<readonly ServerProcess[]> {
    const begun = await Promise.all(startups);
    servers.push(...begun);
    return begun;
  }

  function clientOf(all: readonly ServerProcess[]): Client {
    const client = createClient({ endpoints: all.map(({ clientUrl }) => clientUrl), timeoutMs: 20_000 });
    clients.push(client);
    return client;
  }

  /** One member with keys, and its file. */
  async function saved(): Promise<{ readonly lastIndex: number }> {
    const [member] = await started(ServerProcess.start('cairn'));
    const client = clientOf([member!]);
    for (let at = 0; at < KEYS; at += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, each) => client.keys.set(`/d/k${at + each}`, 'x'.repeat(100))));
    }
    const said = cairn('save', file, `--url=${member!.clientUrl}`);
    expect([said.status, said.stderr]).toEqual([0, '']);
    const { index } = await client.keys.set('/lost', 'after the file');
    await member!.remove();
    return { lastIndex: index };
  }

  test('of three takes writes, has the keys of the file and shows nobody the past', async () => {
    const { lastIndex } = await saved();
    const places = await Promise.all(
      NAMES.map(async (name) => ({ name, peerPort: await stablePort(), dataDir: join(directory, name) })),
    );
    const initialCluster = places.map(({ name, peerPort }) => `${name}=http://127.0.0.1:${peerPort}`).join(',');
    const ids = new Set<string>();
    for (const { name, dataDir } of places) {
      const words = ['restore', file, `--data-dir=${dataDir}`, `--name=${name}`, `--initial-cluster=${initialCluster}`];
      const said = cairn(...words, '--output=json');
      expect([said.status, said.stderr]).toEqual([0, '']);
      ids.add((JSON.parse(said.stdout) as { clusterId: string }).clusterId);
    }
    expect(ids.size).toBe(1);
    const all = await started(...places.map((place) => ServerProcess.start('cairn', { ...place, initialCluster })));
    const client = clientOf(all);
    const listed = await client.keys.list('/d', { recursive: true, quorum: true });
    expect(listed.node.nodes).toHaveLength(KEYS);
    await expect(client.keys.get('/lost')).rejects.toMatchObject({ code: 100 });
    const { index } = await client.keys.set('/new', 'v');
    expect(index).toBeGreaterThan(lastIndex + 999_999_999);
    // What clients of the old cluster know is never taken for something of this one.
    await expect(client.keys.compareAndSwap('/new', 'w', { prevIndex: lastIndex })).rejects.toMatchObject({
      code: 101,
    });
    const watch = await fetch(`${all[0]!.clientUrl}/v2/keys/d?wait=true&recursive=true&waitIndex=${lastIndex + 1}`);
    expect([watch.status, await watch.json()]).toMatchObject([400, { errorCode: 401 }]);
    expect(
      new Set(
        await Promise.all(
          all.map(async ({ clientUrl }) => (await fetch(`${clientUrl}/v2/keys/`)).headers.get('x-etcd-cluster-id')),
        ),
      ),
    ).toEqual(ids);
    // It lives on without one of them, and the one comes back.
    await all[0]!.kill();
    // It may have led: nobody knows what became of a write that was on its way to it, and the client leaves it to its caller to ask again.
    await until('a write is taken', 60_000, () => client.keys.set('/without', 'v').catch(() => undefined));
    await started(all[0]!.startAgain());
    expect((await client.keys.get('/without', { quorum: true })).node.value).toBe('v');
  });

  test('killed while it is made is there as a whole or not at all, and can be made again', async () => {
    const keys = Array.from({ length: KEYS }, (_, at) => set(`/d/k${at}`, 'x'.repeat(100)));
    writeFileSync(file, fileOfRows(rowsOf(machineAfter(keys)), 500));
    const dataDir = join(directory, 'data');
    let unfinished = 0;
    for (const sign of ['FORMAT.new', 'db/CURRENT', 'FORMAT']) {
      rmSync(dataDir, { recursive: true, force: true });
      await killedOnce(() => existsSync(join(dataDir, sign)), 'restore', file, `--data-dir=${dataDir}`);
      const isThere = existsSync(join(dataDir, 'FORMAT'));
      if (!isThere) unfinished += 1;
      const again = cairn('restore', file, `--data-dir=${dataDir}`);
      expect([again.status, again.stderr]).toEqual(isThere ? [1, expect.stringContaining('already')] : [0, '']);
      expect(readFileSync(join(dataDir, 'FORMAT'), 'utf8')).toBe('cairn 2\n');
    }
    expect(unfinished).toBeGreaterThan(0);
    const [member] = await started(ServerProcess.start('cairn', { dataDir }));
    expect((await clientOf([member!]).keys.list('/d', { recursive: true })).node.nodes).toHaveLength(KEYS);
  });

  test('a save that is killed leaves no file of that name, and nothing that stands in the way', async () => {
    const whole = fileOfRows(rowsOf(machineAfter([])));
    let sentBytes = whole.length - 1;
    const giver = await startLiar((_, response) => {
      response.write(whole.subarray(0, sentBytes));
      if (sentBytes === whole.length) response.end();
    });
    const hasAll = (): boolean => statSync(`${file}.part`, { throwIfNoEntry: false })?.size === sentBytes;
    await killedOnce(hasAll, 'save', file, `--url=${giver.url}`);
    expect(readdirSync(directory)).toEqual(['state.snap.part']);
    sentBytes += 1;
    const { stdout } = await promisify(execFile)(process.execPath, [
      ENTRY,
      'snapshot',
      'save',
      file,
      `--url=${giver.url}`,
    ]);
    expect(stdout).toContain('it is whole');
    expect(readdirSync(directory)).toEqual(['state.snap']);
    await giver.close();
  });
}
