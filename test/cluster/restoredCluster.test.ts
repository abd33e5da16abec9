/** A cluster is saved while clients write, lost, and comes back from the file, as operators do it: with the commands. */
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createClient, type Client } from '../../src/client/client';
import { stablePort } from '../support/ports';
import { ServerProcess, whyMissing } from '../support/serverProcess';

const ENTRY = process.env['CAIRN_ENTRY'] ?? resolve(__dirname, '../../dist/cairn.js');
const NAMES = ['a', 'b', 'c'] as const;
const KEYS = 2000;

const reason = whyMissing('cairn');
if (reason === undefined) describe('a restored cluster', suite);
else describe.skip(`a restored cluster (skipped: ${reason})`, suite);

function cairn(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [ENTRY, 'snapshot', ...args], { encoding: 'utf8' });
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
    await client.keys.set('/without', 'v');
    await started(all[0]!.startAgain());
    expect((await client.keys.get('/without', { quorum: true })).node.value).toBe('v');
  }, 180_000);

  test('killed while it is made, at any moment, is there as a whole or not at all, and can be made again', async () => {
    await saved();
    const dataDir = join(directory, 'data');
    const began = performance.now();
    expect(cairn('restore', file, `--data-dir=${dataDir}`).status).toBe(0);
    const wholeMs = performance.now() - began;
    let unfinished = 0;
    for (let share = 0.3; share <= 1.05; share += 0.1) {
      rmSync(dataDir, { recursive: true, force: true });
      const child = spawn(process.execPath, [ENTRY, 'snapshot', 'restore', file, `--data-dir=${dataDir}`], {
        stdio: 'ignore',
      });
      const exited = new Promise((done) => child.once('exit', done));
      await new Promise((done) => setTimeout(done, wholeMs * share));
      child.kill('SIGKILL');
      await exited;
      const isThere = existsSync(join(dataDir, 'FORMAT'));
      if (!isThere && existsSync(dataDir)) {
        unfinished += 1;
        expect(readdirSync(dataDir)).not.toContain('FORMAT');
      }
      const again = cairn('restore', file, `--data-dir=${dataDir}`);
      expect([again.status, again.stderr]).toEqual(isThere ? [1, expect.stringContaining('already')] : [0, '']);
      expect(readFileSync(join(dataDir, 'FORMAT'), 'utf8')).toBe('cairn 2\n');
    }
    expect(unfinished).toBeGreaterThan(0);
    const [member] = await started(ServerProcess.start('cairn', { dataDir }));
    expect((await clientOf([member!]).keys.list('/d', { recursive: true })).node.nodes).toHaveLength(KEYS);
  }, 180_000);

  test('a save that is killed at any moment leaves no file of that name', async () => {
    const [member] = await started(ServerProcess.start('cairn'));
    const client = clientOf([member!]);
    for (let at = 0; at < 20; at += 1) await client.keys.set(`/k${at}`, 'x'.repeat(500_000));
    for (let delayMs = 200; delayMs <= 700; delayMs += 100) {
      const child = spawn(process.execPath, [ENTRY, 'snapshot', 'save', file, `--url=${member!.clientUrl}`], {
        stdio: 'ignore',
      });
      const exited = new Promise((done) => child.once('exit', done));
      await new Promise((done) => setTimeout(done, delayMs));
      child.kill('SIGKILL');
      await exited;
      if (existsSync(file)) expect(cairn('verify', file).status).toBe(0);
      rmSync(file, { force: true });
    }
    expect(cairn('save', file, `--url=${member!.clientUrl}`).status).toBe(0);
    expect(readdirSync(directory)).toEqual(['state.snap']);
  }, 120_000);
}
