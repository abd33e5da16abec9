/** From a living Cairn to Cairn: nothing is lost, and no index goes back. */
import { createClient } from '../../../src/client/client';
import { until } from '../../cluster/waiting';
import { stablePort } from '../../support/ports';
import { ServerProcess } from '../../support/serverProcess';
import { contents, migrate, migrationSuite, says } from './migration';

describe('from cairn', () => {
  const pair = migrationSuite('cairn');

  test('a target that holds something is left alone, unless it is said that it may go', async () => {
    const { servers, source, target } = pair();
    await source.keys.set('/a', 'new');
    await target.keys.set('/a/b', 'theirs');
    await target.keys.set('/c', 'theirs');
    const refused = migrate(servers[0], servers[1], '--once');
    expect([await refused.code, refused.text()]).toEqual([
      1,
      expect.stringContaining('the target holds keys already (/'),
    ]);
    expect(await contents(target)).toEqual(['/a directory', '/a/b "theirs"', '/c "theirs"']);
    const done = migrate(servers[0], servers[1], '--once', '--overwrite');
    expect([await done.code, done.text()]).toEqual([0, expect.stringContaining('the target holds all 1 keys')]);
    expect(await contents(target)).toEqual(['/a "new"']);
  });

  test('a source that is away for a while is waited for', async () => {
    const { servers, source, target } = pair();
    await source.keys.set('/a', '1');
    const running = migrate(servers[0], servers[1]);
    await says(running, /following the source/);
    await servers[0].kill();
    await says(running, /trying again/);
    const { clientPort, peerPort, dataDir } = servers[0];
    servers[0] = await ServerProcess.start('cairn', { clientPort, peerPort, dataDir });
    await source.keys.set('/b', '2');
    await until('the target has it', 60_000, async () => {
      return (await target.keys.get('/b').catch(() => undefined))?.node.value === '2' || undefined;
    });
    running.child.kill('SIGUSR1');
    expect(await running.code).toBe(0);
  });

  test('so is a target, and what changed meanwhile is not left out', async () => {
    const { servers, source, target } = pair();
    await source.keys.set('/a', '1');
    const running = migrate(servers[0], servers[1]);
    await says(running, /following the source/);
    await servers[1].kill();
    for (const name of ['b', 'c', 'd']) await source.keys.set(`/${name}`, name);
    await source.keys.delete('/a');
    await says(running, /the target: .*; trying again/);
    const { clientPort, peerPort, dataDir } = servers[1];
    servers[1] = await ServerProcess.start('cairn', { clientPort, peerPort, dataDir });
    await until('the target has them', 60_000, async () => {
      return (await contents(target).catch(() => [])).join() === '/b "b",/c "c",/d "d"' || undefined;
    });
    running.child.kill('SIGUSR1');
    expect(await running.code).toBe(0);
  });
});

describe('a cluster is not copied onto itself', () => {
  test.each([
    ['the same member, by another name', [] as string[]],
    ['the same member, with --overwrite', ['--overwrite']],
  ])('%s', async (_, more) => {
    const server = await ServerProcess.start('cairn');
    const client = createClient({ endpoints: server.clientUrl });
    const isOverwritten = more.length > 0;
    try {
      if (isOverwritten) await client.keys.set('/lease/a', 'x', { ttlSeconds: 600 });
      const before = await client.keys.list('/');
      const urls = ['--from', server.clientUrl, '--url', `http://localhost:${server.clientPort}`];
      const running = migrate(server, server, ...urls, '--once', ...more);
      expect([await running.code, running.text()]).toEqual([
        1,
        expect.stringContaining('--from and --url are the same cluster'),
      ]);
      expect((await client.keys.list('/')).index).toBe(before.index);
      if (isOverwritten) expect((await client.keys.get('/lease/a')).node.expiration).toBeDefined();
    } finally {
      client.close();
      await server.remove();
    }
  });

  test('two members of it', async () => {
    const peerPorts = [await stablePort(), await stablePort()];
    const names = ['one', 'two'];
    const initialCluster = names.map((name, at) => `${name}=http://127.0.0.1:${peerPorts[at]}`).join(',');
    const servers = await Promise.all(
      names.map((name, at) => ServerProcess.start('cairn', { name, peerPort: peerPorts[at]!, initialCluster })),
    );
    const client = createClient({ endpoints: servers[0]!.clientUrl });
    try {
      await client.keys.set('/lease/a', 'x', { ttlSeconds: 600 });
      for (const [from, to] of [servers, [...servers].reverse()]) {
        const running = migrate(from!, to!, '--once', '--overwrite');
        expect([await running.code, running.text()]).toEqual([1, expect.stringContaining('are the same cluster')]);
      }
      const { node, index } = await client.keys.get('/lease/a');
      expect([node.expiration !== undefined, index]).toEqual([true, node.modifiedIndex]);
    } finally {
      client.close();
      for (const server of servers) await server.remove();
    }
  });
});
