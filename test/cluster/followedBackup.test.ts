/** A backup that follows a cluster of three, while members and the backup itself are killed. */
import { spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createClient, type Client } from '../../src/client/client';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { stablePort } from '../support/ports';
import { sleep } from './waiting';

const ENTRY = process.env['CAIRN_ENTRY'] ?? resolve(__dirname, '../../dist/cairn.js');

const reason = whyMissing('cairn');
if (reason === undefined) describe('a backup that follows', suite);
else describe.skip(`a backup that follows (skipped: ${reason})`, suite);

/** Until it is known to be done: an election may be under way. */
async function set(client: Client, key: string, value: string): Promise<number> {
  for (;;) {
    const answer = await client.keys.set(key, value).catch(() => undefined);
    if (answer !== undefined) return answer.index;
    await sleep(100);
  }
}

function cairn(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [ENTRY, 'snapshot', ...args], { encoding: 'utf8' });
}

function suite(): void {
  let directory: string;
  let backup: string;
  const servers: ServerProcess[] = [];
  const clients: Client[] = [];
  let follower: ChildProcess | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cairn-followed-'));
    backup = join(directory, 'backup');
  });

  afterEach(async () => {
    await ended('SIGKILL');
    for (const client of clients.splice(0)) client.close();
    for (const server of servers.splice(0)) await server.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  function clientOf(...all: readonly ServerProcess[]): Client {
    const client = createClient({ endpoints: all.map(({ clientUrl }) => clientUrl), timeoutMs: 30_000 });
    clients.push(client);
    return client;
  }

  function begin(): void {
    const urls = servers.map(({ clientUrl }) => clientUrl).join(',');
    follower = spawn(process.execPath, [ENTRY, 'snapshot', 'follow', backup, `--url=${urls}`], { stdio: 'ignore' });
  }

  async function ended(signal: NodeJS.Signals): Promise<number | null> {
    const child = follower;
    follower = undefined;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }

  /** Until the logs say that they lead so far. */
  async function untilFollowed(index: number): Promise<void> {
    const deadlineMs = Date.now() + 60_000;
    for (;;) {
      const { status, stdout, stderr } = cairn('status', backup, '--output=json');
      const ranges = status === 0 ? (JSON.parse(stdout) as { ranges: { to: { index: number } }[] }).ranges : [];
      if ((ranges.at(-1)?.to.index ?? 0) >= index) return;
      if (Date.now() > deadlineMs) throw new Error(`not followed to ${index}: ${stdout}${stderr}`);
      await sleep(100);
    }
  }

  async function three(): Promise<void> {
    const places = await Promise.all(['a', 'b', 'c'].map(async (name) => ({ name, peerPort: await stablePort() })));
    const initialCluster = places.map(({ name, peerPort }) => `${name}=http://127.0.0.1:${peerPort}`).join(',');
    const begun = await Promise.all(places.map((place) => ServerProcess.start('cairn', { ...place, initialCluster })));
    servers.push(...begun);
  }

  test('loses nothing that was acknowledged, and is never unusable', async () => {
    await three();
    const client = clientOf(...servers);
    const written = new Map<string, string>();
    let lastIndex = 0;
    const write = async (from: number, count: number): Promise<void> => {
      for (let at = from; at < from + count; at += 1) {
        const key = `${at % 5 === 0 ? '/_hidden' : '/d'}/k${at % 40}`;
        lastIndex = await set(client, key, `${at}`);
        written.set(key, `${at}`);
      }
    };
    begin();
    await write(0, 60);
    await untilFollowed(lastIndex);
    // The backup is killed at one moment and another, in the middle of what it does.
    for (const [round, waitMs] of [5, 250, 700].entries()) {
      const writing = write(60 + 40 * round, 40);
      await sleep(waitMs);
      await ended('SIGKILL');
      const { status, stderr } = cairn('status', backup);
      expect([status, stderr]).toEqual([0, '']);
      begin();
      await writing;
    }
    await untilFollowed(lastIndex);
    // The members are killed one after the other; those who follow one of them go to the next.
    for (const [at, server] of servers.entries()) {
      await server.kill();
      await write(300, 40);
      await untilFollowed(lastIndex);
      servers[at] = await server.startAgain();
    }
    await write(400, 40);
    await untilFollowed(lastIndex);
    expect(await ended('SIGTERM')).toBe(0);
    const verified = cairn('verify', backup);
    expect([verified.status, verified.stderr]).toEqual([0, '']);
    const dataDir = join(directory, 'data');
    const restored = cairn('restore', backup, `--data-dir=${dataDir}`, `--at-index=${lastIndex}`);
    expect([restored.status, restored.stderr]).toEqual([0, '']);
    const alone = await ServerProcess.start('cairn', { dataDir });
    servers.push(alone);
    const reader = clientOf(alone);
    for (const [key, value] of written) expect([key, (await reader.keys.get(key)).node.value]).toEqual([key, value]);
  });
}
