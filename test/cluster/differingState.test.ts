/** A member that found its own state wrong at an earlier run, as it marked its directory. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIFFERING_FILE } from '../../src/platform/differingDirectory';
import { Cluster } from './cluster';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
});

afterAll(() => cluster.end());

test('never serves from it again: it ends with 7 at each start, or takes its place as a new member', async () => {
  const [first, member] = cluster.members;
  expect((await first!.put('/x', '1')).status).toBe(201);
  const id = await member!.id();
  await member!.kill();
  writeFileSync(join(member!.dataDir, DIFFERING_FILE), '');

  const args = cluster.argumentsFor();
  for (const _start of [1, 2]) {
    member!.start([...args, '--auto-rejoin=false']);
    expect(await member!.exited).toEqual({ code: 7, signal: null });
  }
  expect(member!.logs()).toContain('it is not served from. Remove this member from the cluster');

  member!.start(args);
  await cluster.healthy();
  expect(member!.logs()).toContain(`moved aside to ${member!.dataDir}.differs-1`);
  expect(existsSync(join(`${member!.dataDir}.differs-1`, DIFFERING_FILE))).toBe(true);
  expect(await member!.id()).not.toBe(id);
  expect(await member!.value('/x')).toBe('1');
});
