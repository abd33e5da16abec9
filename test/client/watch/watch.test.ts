import { getEventListeners } from 'node:events';
import { createClient, EtcdError, type Change, type Client } from '../../../src/client';
import { startInProcess, type InProcess } from '../../support/inProcess';
import { take } from './take';

describe('a watch of a member', () => {
  let member: InProcess;
  let client: Client;
  let directory = '';
  let number = 0;

  beforeAll(async () => {
    member = await startInProcess('all');
  });

  afterAll(async () => {
    await member.stop();
  });

  beforeEach(() => {
    directory = `/watched-${++number}`;
    client = createClient({ endpoints: member.url });
  });

  afterEach(() => {
    client.close();
  });

  function short({ action, node, isSynthesized }: Change): string {
    return `${isSynthesized ? '~' : ''}${action} ${node.key.slice(directory.length)} ${node.value ?? '-'}`;
  }

  it('tells each change once and in order, however quickly they come', async () => {
    const watch = client.watch(directory, { recursive: true });
    const begin = await watch.ready();
    const writing = (async () => {
      for (let i = 0; i < 300; i++) await client.keys.set(`${directory}/k${i % 7}`, String(i));
    })();
    const changes = await take(watch, 300);
    await writing;
    expect(changes.map(({ node }) => node.value)).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
    expect(changes[0]?.index).toBeGreaterThan(begin);
    expect(changes.every((change) => change.index === change.node.modifiedIndex && !change.isSynthesized)).toBe(true);
    await watch.return();
  });

  it('tells what every kind of change was', async () => {
    const { keys } = client;
    const watch = client.watch(directory, { recursive: true });
    await watch.ready();
    await keys.create(`${directory}/a`, '1');
    await keys.update(`${directory}/a`, '2');
    await keys.compareAndSwap(`${directory}/a`, '3', { prevValue: '2' });
    await keys.refresh(`${directory}/a`, 100);
    await keys.compareAndDelete(`${directory}/a`, { prevValue: '3' });
    await keys.mkdir(`${directory}/d`);
    const { node } = await keys.inOrder(`${directory}/d`, 'q');
    await keys.set(`${directory}/_hidden`, 'h');
    await keys.rmdir(`${directory}/d`, { recursive: true });
    await keys.set(`${directory}/t`, 'x', { ttlSeconds: 1 });
    const changes = await take(watch, 9);
    expect(changes.map(short)).toEqual([
      ...['create /a 1', 'update /a 2', 'compareAndSwap /a 3', 'compareAndDelete /a -', 'create /d -'],
      ...[`create ${node.key.slice(directory.length)} q`, 'delete /d -', 'set /t x', 'expire /t -'],
    ]);
    expect(changes[3]?.prevNode?.value).toBe('3');
    await watch.return();
  });

  it('does not begin any more when it has ended', async () => {
    const watch = client.watch(directory);
    await watch.return();
    await expect(watch.ready()).rejects.toThrow('the watch has ended');
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    expect(getEventListeners(client.closed, 'abort')).toHaveLength(0);
  });

  it.each([0, -1, NaN, Infinity, 2 ** 31])('asks no member every %p ms whether it is alive', (checkEveryMs) => {
    expect(() => client.watch(directory, { checkEveryMs })).toThrow(/checkEveryMs has to be a number/);
  });

  it('begins after a listing, and misses nothing in between', async () => {
    await client.keys.set(`${directory}/a`, '1');
    const listing = await client.keys.list(directory, { recursive: true });
    await client.keys.set(`${directory}/a`, '2');
    const watch = client.watch(directory, { recursive: true, from: listing });
    await client.keys.set(`${directory}/a`, '3');
    expect((await take(watch, 2)).map(short)).toEqual(['set /a 2', 'set /a 3']);
    await watch.return();
    const again = client.watch(directory, { recursive: true, afterIndex: listing.index });
    expect((await take(again, 2)).map(short)).toEqual(['set /a 2', 'set /a 3']);
    await again.return();
  });

  it('watches what is not there yet, one key alone, and directories above it that go', async () => {
    const watch = client.watch(`${directory}/d/k`);
    await watch.ready();
    await client.keys.set(`${directory}/d/k`, '1');
    await client.keys.set(`${directory}/d/k2`, 'other');
    await client.keys.rmdir(directory, { recursive: true });
    expect((await take(watch, 2)).map(short)).toEqual(['set /d/k 1', 'delete  -']);
    await watch.return();
  });

  it('finds by comparing what the history no longer has', async () => {
    for (const key of ['kept', 'changed', 'gone', 'dir/one', 'dir/two'])
      await client.keys.set(`${directory}/${key}`, '1');
    const troubles: Error[] = [];
    const onTrouble = (error: Error): void => {
      troubles.push(error);
    };
    const watch = client.watch(directory, { recursive: true, bufferMax: 1, onTrouble });
    await watch.ready();
    await client.keys.set(`${directory}/first`, '1');
    await client.keys.set(`${directory}/second`, '1');
    // The watch holds one change and asks for no more; meanwhile the history of a thousand goes by.
    await new Promise((done) => setTimeout(done, 200));
    await client.keys.set(`${directory}/changed`, '2');
    await client.keys.delete(`${directory}/gone`);
    await client.keys.rmdir(`${directory}/dir`, { recursive: true });
    await client.keys.set(`${directory}/new/key`, '1');
    for (let i = 0; i < 1100; i += 50)
      await Promise.all(Array.from({ length: 50 }, (_, j) => client.keys.set(`/noise/${i + j}`, 'x')));
    const changes = await take(watch, 6);
    expect(changes.map(short)).toEqual([
      'set /first 1',
      ...['~delete /dir -', '~delete /gone -', '~set /second 1', '~set /changed 2', '~set /new/key 1'],
    ]);
    expect(changes.map(({ index }) => index)).toEqual([...changes.map(({ index }) => index)].sort((a, b) => a - b));
    expect(changes[4]?.prevNode?.value).toBe('1');
    expect(troubles).toMatchObject([{ code: 401 }]);
    await client.keys.set(`${directory}/after`, '1');
    expect((await take(watch, 1)).map(short)).toEqual(['set /after 1']);
    await watch.return();
  });

  it('says so where it cannot know what it missed', async () => {
    for (let i = 0; i < 1100; i += 50)
      await Promise.all(Array.from({ length: 50 }, (_, j) => client.keys.set(`/noise/${i + j}`, 'x')));
    const watch = client.watch(directory, { afterIndex: 1 });
    const error = await watch.next().catch((one: unknown) => one);
    expect(error).toBeInstanceOf(EtcdError);
    expect(error).toMatchObject({ code: 401 });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  it('ends with its signal, with the loop, and with the client', async () => {
    const stop = new AbortController();
    const watch = client.watch(directory, { signal: stop.signal });
    await watch.ready();
    const waiting = watch.next();
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect((await watch.next()).done).toBe(true);

    const looped = client.watch(directory);
    await looped.ready();
    await client.keys.set(directory, '1');
    for await (const change of looped) {
      expect(change.node.value).toBe('1');
      break;
    }
    expect((await looped.next()).done).toBe(true);

    const open = client.watch(directory);
    await open.ready();
    const last = open.next();
    client.close();
    await expect(last).rejects.toThrow('the client was closed');
  });

  it('leaves nothing behind on a signal that lives longer', async () => {
    const stop = new AbortController();
    for (let i = 0; i < 20; i++) {
      const watch = client.watch(directory, { signal: stop.signal });
      await watch.ready();
      await watch.return();
    }
    await new Promise((done) => setTimeout(done, 50));
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
    expect(getEventListeners(client.closed, 'abort')).toHaveLength(0);
  });

  it('refuses what cannot be watched so', () => {
    expect(() => client.watch('/a/../b')).toThrow(TypeError);
    expect(() => client.watch('/a', { bufferMax: 0 })).toThrow(/bufferMax/);
    expect(() => client.watch('/a', { afterIndex: -1 })).toThrow(/afterIndex/);
  });
});
