/** From a living Cairn to Cairn: nothing is lost, and no index goes back. */
import { until } from '../../cluster/waiting';
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
