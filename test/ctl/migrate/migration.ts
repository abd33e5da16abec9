/** `cairn migrate` between two servers of one member each. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createClient, type Client } from '../../../src/client/client';
import type { KeyNode } from '../../../src/client/keyEvent';
import { SeededRandom } from '../../simulation/random';
import { ServerProcess, type Program } from '../../support/serverProcess';
import { until } from '../../cluster/waiting';

const ENTRY = join(__dirname, '../../../dist/cairn.js');

export interface Running {
  readonly child: ChildProcess;
  readonly code: Promise<number | null>;
  text(): string;
}

export function migrate(source: ServerProcess, target: ServerProcess, ...more: readonly string[]): Running {
  const urls = ['--from', `http://127.0.0.1:${source.clientPort}`, '--url', `http://127.0.0.1:${target.clientPort}`];
  const child = spawn(process.execPath, [ENTRY, 'migrate', ...urls, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()));
  const code = once(child, 'exit').then(([status]) => status as number | null);
  return { child, code, text: () => text };
}

export async function says(running: Running, words: RegExp): Promise<void> {
  await until(`it says ${words.source}`, 60_000, () => Promise.resolve(words.test(running.text()) || undefined));
}

function clientOf(server: ServerProcess): Client {
  return createClient({ endpoints: `http://127.0.0.1:${server.clientPort}` });
}

/** Everything but indexes: values, and whether there is a TTL. */
export async function contents(client: Client): Promise<readonly string[]> {
  const all = (node: KeyNode): string[] =>
    node.nodes.flatMap((each) => [
      `${each.key} ${each.dir ? 'directory' : JSON.stringify(each.value)}${each.expiration === undefined ? '' : ' ttl'}`,
      ...all(each),
    ]);
  return all((await client.keys.list('/', { recursive: true, sorted: true })).node);
}

/** One change of any kind, most of which are possible. */
async function change(client: Client, random: SeededRandom): Promise<void> {
  const name = (): string => `${random.integer(0, 5)}`;
  const key = random.integer(0, 1) === 0 ? `/k${name()}` : `/d${name()}/k${name()}`;
  const { keys } = client;
  const tries: readonly (() => Promise<unknown>)[] = [
    () => keys.set(key, `v${random.integer(0, 1e6)}`),
    () => keys.set(key, 'ü\n"', { ttlSeconds: 1000 }),
    () => keys.set(key, 'short', { ttlSeconds: 1 }),
    () => keys.delete(key),
    () => keys.delete(`/d${name()}`, { recursive: true }),
    () => keys.mkdir(`/d${name()}/sub${name()}`),
    () => keys.mkdir(`/k${name()}`, { ttlSeconds: 1 }),
    () => keys.inOrder(`/q${name()}`, 'queued'),
    () => keys.update(key, 'updated'),
    () => keys.refresh(key, 2000),
  ];
  // Many cannot be: a key is a directory, or is not there.
  await tries[random.integer(0, tries.length - 1)]!().catch(() => undefined);
}

/** Two servers, new for each test, and a client of each. */
export interface Pair {
  readonly servers: [ServerProcess, ServerProcess];
  readonly source: Client;
  readonly target: Client;
}

/**
 * What must hold whichever program it is that the keys come from.
 *
 * @returns tells the pair of the test that runs, for more tests beside these
 */
export function migrationSuite(program: Program): () => Pair {
  let pair: Pair;

  beforeEach(async () => {
    const servers = await Promise.all([ServerProcess.start(program), ServerProcess.start('cairn')]);
    pair = { servers, source: clientOf(servers[0]), target: clientOf(servers[1]) };
  });

  afterEach(async () => {
    for (const client of [pair.source, pair.target]) client.close();
    for (const server of pair.servers) await server.remove();
  });

  test('a store that is written to all the time is copied, followed and finished', async () => {
    const { servers, source, target } = pair;
    const random = new SeededRandom(Number(process.env['CAIRN_SEED'] ?? 1));
    for (let count = 0; count < 300; count++) await change(source, random);
    const running = migrate(servers[0], servers[1]);
    await says(running, /following the source/);
    for (let count = 0; count < 500; count++) await change(source, random);
    running.child.kill('SIGUSR1');
    expect([await running.code, running.text()]).toEqual([0, expect.stringContaining('the target holds all')]);
    // What has a TTL of a second goes at both, within a second of each other.
    await until('both hold the same', 60_000, async () => {
      const [one, other] = await Promise.all([contents(source), contents(target)]);
      return JSON.stringify(one) === JSON.stringify(other) || undefined;
    });
    const [before, after] = await Promise.all([source.keys.list('/'), target.keys.list('/', { recursive: true })]);
    expect(after.index).toBeGreaterThan(before.index);
    // No key has an index that the source gave before the copy began.
    const indexes = (node: KeyNode): number[] => node.nodes.flatMap((each) => [each.modifiedIndex, ...indexes(each)]);
    expect(Math.min(...indexes(after.node))).toBeGreaterThan(300);
    await expect(target.keys.get('/_cairn-migration')).rejects.toMatchObject({ code: 100 });
  });

  test('stopped in the midst it says so, and goes on when it is run again', async () => {
    const { servers, source, target } = pair;
    await source.keys.set('/a', '1', { ttlSeconds: 500 });
    const running = migrate(servers[0], servers[1]);
    await says(running, /following the source/);
    running.child.kill('SIGTERM');
    expect([await running.code, running.text()]).toEqual([
      1,
      expect.stringContaining('keys may be missing in the target'),
    ]);
    expect((await target.keys.get('/a')).node.expiration).toBeUndefined();
    // What an earlier run left with a TTL would go at the target alone.
    await target.keys.set('/a', '1', { ttlSeconds: 400 });
    await target.keys.set('/kept', '1', { ttlSeconds: 400 });
    await source.keys.set('/kept', '1');
    await source.keys.delete('/a');
    await source.keys.set('/b/c', '2', { ttlSeconds: 500 });
    const again = migrate(servers[0], servers[1], '--once');
    expect([await again.code, again.text()]).toEqual([0, expect.stringContaining('the target holds all 3 keys')]);
    expect(again.text()).not.toContain('following');
    expect(await contents(target)).toEqual(['/b directory', '/b/c "2" ttl', '/kept "1"']);
  });
  return () => pair;
}
