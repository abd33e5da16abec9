import { FakeServer, type FakeAnswer } from '../client/fakeServer';
import { RawServer } from '../client/rawServer';
import { retire } from '../../src/ctl/retire';
import { startFairClock } from '../support/fairClock';
import { captureOutput } from './output';

interface FakeMember {
  readonly id: string;
  readonly name: string;
  ready: boolean;
}

/** One server that plays all members, told apart by the path below their client URL. */
describe('cairn retire', () => {
  const output = captureOutput();
  let server: FakeServer;
  let members: FakeMember[];
  let answerTo: (method: string, path: string) => FakeAnswer | undefined;

  beforeEach(async () => {
    server = new FakeServer();
    await server.start();
    members = [0, 1, 2, 3, 4].map((at) => ({ id: `a${at}`, name: `kv-${at}`, ready: true }));
    answerTo = () => undefined;
    server.answer = ({ method, url }) => answerTo(method, url) ?? play(method, url);
  });

  afterEach(() => {
    server.stop();
  });

  function play(method: string, path: string): FakeAnswer {
    if (path === '/v2/members') return { body: { members: members.map(shown) } };
    if (path === '/readyz') return { status: members.every(({ ready }) => ready) ? 200 : 503 };
    if (method === 'DELETE') {
      members = members.filter(({ id }) => path !== `/v2/members/${id}`);
      return { status: 204 };
    }
    return {};
  }

  function shown({ id, name }: FakeMember) {
    return { id, name, peerURLs: [], clientURLs: [server.url] };
  }

  function run(...more: readonly string[]): Promise<number> {
    return retire(['--url', server.url, '--name-prefix', 'kv-', '--drain', '0', ...more]);
  }

  it('removes the highest first and says so', async () => {
    expect(await run('--keep', '3')).toBe(0);
    expect(members.map(({ name }) => name)).toEqual(['kv-0', 'kv-1', 'kv-2']);
    const deleted = server.asked.filter(({ method }) => method === 'DELETE').map(({ url }) => url);
    expect(deleted).toEqual(['/v2/members/a4', '/v2/members/a3']);
    expect(output.text()).toBe('removed kv-4 (a4)\nremoved kv-3 (a3)\ndone: the members from kv-3 on are removed\n');
  });

  describe('where the cluster is to have so many members', () => {
    const config = (activeSize: number, removeDelay = 2) => ({ body: { activeSize, removeDelay, syncInterval: 5 } });

    it('says that they take their places again', async () => {
      answerTo = (_, path) => (path === '/v2/admin/config' ? config(5) : undefined);
      expect(await run('--keep', '4')).toBe(0);
      expect(output.text()).toMatch(/^the cluster fills its places up to 5 members .*\nremoved kv-4 \(a4\)\ndone: /);
    });

    it.each([
      ['fewer are to be there', config(4)],
      ['nobody said so', config(9, 1800)],
      ['it is not told there', { status: 403, body: 'no' }],
    ])('says nothing where %s', async (_what, answer) => {
      answerTo = (_, path) => (path === '/v2/admin/config' ? answer : undefined);
      expect(await run('--keep', '4')).toBe(0);
      expect(output.text()).toMatch(/^removed kv-4 \(a4\)\ndone: /);
    });

    it('fails where one of them has a place again', async () => {
      let listings = Infinity;
      answerTo = (method, path) => {
        if (method === 'DELETE') listings = 2;
        // The first one shows that it is gone.
        else if (path === '/v2/members' && --listings === 0) members.push({ id: 'b4', name: 'kv-4', ready: true });
        return undefined;
      };
      expect(await run('--keep', '4')).toBe(1);
      expect(output.text()).toContain('kv-4 (b4) has it now, which waited as a standby: stop what runs there');
      expect(output.text()).not.toContain('done');
    });
  });

  it('removes all of a name where others stay', async () => {
    for (const at of [0, 1, 2]) members.push({ id: `b${at}`, name: `new-${at}`, ready: true });
    expect(await run('--keep', '0')).toBe(0);
    expect(members.map(({ name }) => name)).toEqual(['new-0', 'new-1', 'new-2']);
    expect(output.text()).toContain('done: the members from kv-0 on are removed');
  });

  it('removes nobody where none would stay', async () => {
    expect(await run('--keep', '0')).toBe(1);
    expect(members).toHaveLength(5);
    expect(output.text()).toContain('all 5 members are from kv-0 on, and some have to stay: nobody is removed');
  });

  it('has nothing to do the second time', async () => {
    expect(await run('--keep', '5')).toBe(0);
    expect(server.asked.every(({ method }) => method === 'GET')).toBe(true);
    expect(output.text()).toContain('nothing to do');
  });

  it('lets a member send its clients elsewhere first', async () => {
    expect(await retire(['--url', server.url, '--name-prefix', 'kv-', '--keep', '4', '--drain', '1'])).toBe(0);
    const order = server.asked
      .filter(({ method }) => method !== 'GET')
      .map(({ method, url, body }) => `${method} ${url} ${body}`);
    expect(order).toEqual(['PUT /config/local/drain {"Seconds":61}', 'DELETE /v2/members/a4 ']);
  });

  it('removes nobody while the others would be without a quorum', async () => {
    for (const one of members) one.ready = false;
    expect(await run('--keep', '3', '--timeout', '1')).toBe(1);
    expect(members).toHaveLength(5);
    expect(output.text()).toContain('only 0 of the 4 members that would remain are ready');
    expect(output.text()).toContain('nothing more is removed, run it again');
  });

  it('removes nobody while the cluster has no quorum', async () => {
    answerTo = (_, path) => (path === '/health' ? { status: 503 } : undefined);
    expect(await run('--keep', '3', '--timeout', '1')).toBe(1);
    expect(members).toHaveLength(5);
    expect(output.text()).toContain('does not reach a quorum');
  });

  it('tries again when a removal fails for now', async () => {
    let failures = 2;
    answerTo = (method) =>
      method === 'DELETE' && failures-- > 0 ? { status: 500, body: { message: 'Internal Server Error' } } : undefined;
    expect(await run('--keep', '4')).toBe(0);
    expect(members).toHaveLength(4);
    expect(output.text()).toContain('status 500, Internal Server Error; trying again');
  });

  it('gives up at once where trying again is of no use', async () => {
    answerTo = (method) =>
      method === 'DELETE' ? { status: 401, body: { message: 'Insufficient credentials' } } : undefined;
    expect(await run('--keep', '4')).toBe(1);
    expect(output.text()).toContain('Insufficient credentials');
  });

  it('says that nobody answers', async () => {
    expect(await run('--url', 'http://127.0.0.1:9', '--keep', '3', '--timeout', '1')).toBe(1);
    expect(output.text()).toContain('asking for the members');
  });

  it('waits for a server that says nothing no longer than it was told to', async () => {
    const silent = new RawServer();
    await silent.start();
    const elapsedMs = startFairClock();
    expect(await run('--url', silent.url, '--keep', '3', '--timeout', '1')).toBe(1);
    // Each request by itself may take ten seconds.
    expect(elapsedMs()).toBeLessThan(9000);
    silent.stop();
  });

  it.each([
    [['--keep', '1001'], '--keep "1001": give a whole number from 0 to 1000'],
    [['--keep', 'three'], '--keep "three"'],
    [[], '--keep is missing'],
    [['--keep', '3', '--drain', '60', '--timeout', '60'], '--timeout 60 is over before --drain 60 is'],
    [['--keep', '3', '--size', '3'], 'the options are --url, --name-prefix, --keep, --drain, --timeout'],
  ])('refuses %j', async (args, expected) => {
    expect(await run(...args)).toBe(2);
    expect(output.text()).toContain(expected);
  });

  it('needs the beginning of the names', async () => {
    expect(await retire(['--url', server.url, '--keep', '3'])).toBe(2);
    expect(output.text()).toContain('--name-prefix is missing');
  });
});
