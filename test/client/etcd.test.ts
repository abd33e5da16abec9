/** The client against a real etcd 3.4 with its v2 API, and against Cairn: the same story, told alike. */
import { createClient, ERROR_CODES, isEtcdError, RefusedError, type Client } from '../../src/client';
import { ServerProcess, whyMissing, type Program } from '../support/serverProcess';
import { take } from './watch/take';

const PROGRAMS: readonly Program[] = ['etcd', 'cairn'];

for (const program of PROGRAMS) {
  const reason = whyMissing(program);
  if (reason === undefined) describe(`cairn/client with ${program}`, () => suite(program));
  else describe.skip(`cairn/client with ${program} (skipped: ${reason})`, () => suite(program));
}

function suite(program: Program): void {
  let server: ServerProcess;
  let client: Client;

  beforeAll(async () => {
    server = await ServerProcess.start(program);
    await server.untilPublished();
    client = createClient({ endpoints: server.clientUrl, timeoutMs: 60_000 });
  });

  afterAll(async () => {
    client.close();
    await server.remove();
  });

  async function codeOf(promise: Promise<unknown>): Promise<number | undefined> {
    const error = await promise.then(() => undefined).catch((one: unknown) => one);
    return Object.values(ERROR_CODES).find((code) => isEtcdError(error, code));
  }

  it('writes, reads and deletes in every way', async () => {
    const { keys } = client;
    const created = await keys.create('/k/a b', 'x&y=ü');
    expect(created).toMatchObject({ action: 'create', isNew: true, node: { key: '/k/a b', value: 'x&y=ü' } });
    expect(created.index).toBe(created.node.modifiedIndex);
    expect(created.clusterId).toMatch(/^[0-9a-f]+$/);
    expect(await codeOf(keys.create('/k/a b', 'z'))).toBe(105);
    expect((await keys.set('/k/a b', '2')).prevNode?.value).toBe('x&y=ü');
    expect((await keys.update('/k/a b', '3', { ttlSeconds: 100 })).node.ttlSeconds).toBe(100);
    expect((await keys.refresh('/k/a b', 200)).node).toMatchObject({ value: '3', ttlSeconds: 200 });
    expect(await codeOf(keys.update('/k/none', '3'))).toBe(100);
    const { node } = await keys.get('/k/a b');
    expect(await codeOf(keys.compareAndSwap('/k/a b', '4', { prevIndex: 1 }))).toBe(101);
    expect(await codeOf(keys.compareAndSwap('/k/a b', '4', { prevValue: 'no' }))).toBe(101);
    await keys.compareAndSwap('/k/a b', '4', { prevIndex: node.modifiedIndex, prevValue: '3' });
    expect(await codeOf(keys.compareAndDelete('/k/a b', { prevValue: 'no' }))).toBe(101);
    expect((await keys.compareAndDelete('/k/a b', { prevValue: '4' })).action).toBe('compareAndDelete');
    expect(await codeOf(keys.get('/k/a b'))).toBe(100);
    await keys.mkdir('/k/d', { ttlSeconds: 100 });
    expect(await codeOf(keys.mkdir('/k/d'))).toBe(105);
    expect((await keys.updateDir('/k/d')).node.ttlSeconds).toBeUndefined();
    const names = [await keys.inOrder('/k/d', 'one'), await keys.inOrder('/k/d', 'two')];
    const listing = await keys.list('/k/d', { sorted: true });
    expect(listing.nodes.map(({ key, value }) => [key, value])).toEqual(
      names.map(({ node: { key, value } }) => [key, value]),
    );
    expect((await keys.get('/k', { recursive: true, quorum: false })).node.nodes[0]?.nodes).toHaveLength(2);
    expect(await codeOf(keys.delete('/k/d'))).toBe(102);
    expect(await codeOf(keys.rmdir('/k/d'))).toBe(108);
    await keys.rmdir('/k/d', { recursive: true });
    await keys
      .set('/k/file', 'v', { noValueOnSuccess: true })
      .then(({ action, node: { key, modifiedIndex }, index }) => {
        expect([action, key, modifiedIndex]).toEqual(['set', '/k/file', index]);
      });
    expect(await codeOf(keys.list('/k/file'))).toBe(104);
    expect(await codeOf(keys.set('/k/file/below', 'v'))).toBe(104);
    expect(await codeOf(keys.delete('/'))).toBe(107);
    const { node: root } = await keys.get('/');
    expect([root.key, root.dir]).toEqual(['/', true]);
  });

  it('takes names and values of any characters', async () => {
    const name = `/odd/ä ☃+%2F?#&;"'<>\\:${String.fromCodePoint(0x1f980)}`;
    const value = `${name}\n\u2028<&>\u0001`;
    await client.keys.set(name, value);
    expect((await client.keys.get(name)).node).toMatchObject({ key: name, value });
    await client.keys.compareAndSwap(name, 'x'.repeat(300_000), { prevValue: value });
    expect((await client.keys.list('/odd')).nodes[0]?.value).toHaveLength(300_000);
    await client.keys.delete(name);
  });

  it('watches, also beyond what the history has', async () => {
    await client.keys.set('/w/a', '0');
    const listing = await client.keys.list('/w', { recursive: true });
    const watch = client.watch('/w', { recursive: true, from: listing, bufferMax: 1 });
    await watch.ready();
    await client.keys.set('/w/a', '1');
    await new Promise((done) => setTimeout(done, 100));
    await client.keys.set('/w/a', '2');
    await client.keys.set('/w/b/c', '1');
    for (let i = 0; i < 1100; i += 100)
      await Promise.all(Array.from({ length: 100 }, (_, j) => client.keys.set(`/noise/${j}`, String(i))));
    const changes = await take(watch, 3);
    expect(changes.map(({ action, node, isSynthesized }) => [action, node.key, node.value, isSynthesized])).toEqual([
      ['set', '/w/a', '1', false],
      ['set', '/w/a', '2', true],
      ['set', '/w/b/c', '1', true],
    ]);
    const next = watch.next();
    await client.keys.rmdir('/w', { recursive: true });
    expect((await next).value).toMatchObject({
      action: 'delete',
      node: { key: '/w', dir: true },
      isSynthesized: false,
    });
    await watch.return();
  });

  it('goes on watching when the server was stopped and started again', async () => {
    const troubles: Error[] = [];
    const watch = client.watch('/r', {
      recursive: true,
      onTrouble: (error) => {
        troubles.push(error);
      },
    });
    await watch.ready();
    await client.keys.set('/r/a', '1');
    expect(await take(watch, 1)).toMatchObject([{ node: { value: '1' } }]);
    await server.stop();
    server = await server.startAgain();
    await client.keys.set('/r/a', '2', { timeoutMs: 20_000 });
    expect(await take(watch, 1)).toMatchObject([{ node: { value: '2' }, isSynthesized: false }]);
    expect(troubles.length).toBeGreaterThan(0);
    await watch.return();
  });

  it('asks for members, statistics, health and versions', async () => {
    const [member] = await client.members.list();
    expect(member).toMatchObject({ name: 'default', clientURLs: [server.clientUrl], isLearner: false });
    expect((await client.members.leader()).id).toBe(member?.id);
    expect(await client.discover()).toEqual([server.clientUrl]);
    expect(await client.isHealthy()).toBe(true);
    expect((await client.version()).server).toMatch(/^\d/);
    const self = await client.stats.self();
    expect([self.state, self.leaderId, self.id]).toEqual(['StateLeader', member?.id, member?.id]);
    expect((await client.stats.store())['setsSuccess']).toBeGreaterThan(0);
    expect((await client.stats.leader()).leader).toBe(member?.id);
    await expect(client.members.remove('abc')).rejects.toMatchObject({ status: 404 });
  });

  it('follows a configuration', async () => {
    await client.keys.set('/config/port', '1');
    const changed = new Promise<string>((resolve, reject: (error: Error) => void) => {
      void client
        .watchConfig('/config', {
          schema: (value) => (value as { port: string }).port,
          onChange: resolve,
          onError: reject,
        })
        .then(() => client.keys.set('/config/port', '2'));
    });
    expect(await changed).toBe('2');
  });

  it('manages users and roles, and is one of them', async () => {
    const { auth } = client;
    await auth.createUser('root', 'secret');
    await auth.createRole('reader', { read: ['/open/*'], write: [] });
    await auth.grantRights('reader', { write: ['/open/mine'] });
    expect(await auth.findRole('reader')).toEqual({ read: ['/open/*'], write: ['/open/mine'] });
    await auth.createUser('ann', 'pä:ss', ['reader']);
    expect(await auth.findUser('ann')).toEqual(['reader']);
    expect(await auth.findUser('nobody')).toBeUndefined();
    await auth.enable();
    await auth.isEnabled().then((isEnabled) => {
      expect(isEnabled).toBe(true);
    });
    const endpoints = server.clientUrl;
    const root = createClient({ endpoints, auth: { username: 'root', password: 'secret' } });
    const ann = createClient({ endpoints, auth: { username: 'ann', password: 'pä:ss' } });
    const wrong = createClient({ endpoints, auth: { username: 'ann', password: 'no' } });
    await root.auth.revokeRights('guest', { read: ['/*'], write: ['/*'] });
    await ann.keys.set('/open/mine', '1');
    expect((await ann.keys.get('/open/mine')).node.value).toBe('1');
    expect(await codeOf(ann.keys.set('/open/other', '1'))).toBe(ERROR_CODES.unauthorized);
    expect(await codeOf(wrong.keys.get('/open/mine'))).toBe(ERROR_CODES.unauthorized);
    expect(await codeOf(client.watch('/open/mine').next())).toBe(ERROR_CODES.unauthorized);
    await expect(ann.auth.listUsers()).rejects.toBeInstanceOf(RefusedError);
    expect((await root.auth.listUsers()).map(({ name }) => name).sort()).toEqual(['ann', 'root']);
    await root.auth.changePassword('ann', 'no');
    expect((await wrong.keys.get('/open/mine')).node.value).toBe('1');
    await root.auth.revokeRoles('ann', ['reader']);
    expect(await codeOf(wrong.keys.get('/open/mine'))).toBe(ERROR_CODES.unauthorized);
    await root.auth.disable();
    await auth.deleteUser('ann');
    await auth.deleteRole('reader');
    expect((await auth.listRoles()).map(({ name }) => name).sort()).toEqual(['guest', 'root']);
    for (const one of [root, ann, wrong]) one.close();
  });
}
