/** Waits of which an answer says that they are to be begun elsewhere, as a standby does. */
import { createClient, type Client } from '../../src/client';
import { Liveness } from '../../src/client/watch/liveness';
import { FakeServer, type FakeAnswer } from './fakeServer';

const AUTH = { username: 'u', password: 'p' };
const FROM = { from: { index: 5, node: undefined } };
const CHANGE = { action: 'set', node: { key: '/k', value: 'v', modifiedIndex: 6, createdIndex: 6 } };

describe('a client behind a standby', () => {
  let standby: FakeServer;
  let member: FakeServer;
  /** What the member was asked, and whether it was shown the user. */
  let shown: [url: string, isShown: boolean][] = [];
  const clients: Client[] = [];

  beforeEach(async () => {
    [standby, member] = [new FakeServer(), new FakeServer()];
    shown = [];
    standby.answer = ({ url }) => pointTo(member, url);
    member.answer = ({ method, url }, { authorization }) => {
      if (url === '/health') return { body: { health: 'true' } };
      shown.push([url.replace(/\?.*/, ''), authorization !== undefined]);
      if (authorization === undefined) return { status: 401, body: { message: 'Insufficient credentials' } };
      return url.startsWith('/mod') ? { body: method === 'POST' ? '7' : '' } : { body: CHANGE };
    };
    await Promise.all([standby.start(), member.start()]);
  });

  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    standby.stop();
    member.stop();
  });

  function pointTo({ url }: FakeServer, path: string): FakeAnswer {
    return { status: 307, headers: { Location: url + path } };
  }

  function clientOf(...endpoints: FakeServer[]): Client {
    const client = createClient({ endpoints: endpoints.map(({ url }) => url), order: 'given', auth: AUTH });
    clients.push(client);
    return client;
  }

  it('shows its user to a member that it knows, also where it waits', async () => {
    expect((await clientOf(standby, member).watch('/k', FROM).next()).value).toMatchObject({ index: 6 });
    const lock = await clientOf(standby, member).locks.acquire('x');
    expect(lock.token).toBe(7);
    await clientOf(standby, member).at(standby.url).keys.get('k');
    expect(shown.every(([, isShown]) => isShown)).toBe(true);
    await lock.release();
  });

  it('shows its user to nobody else', async () => {
    await expect(clientOf(standby).watch('/k', FROM).next()).rejects.toMatchObject({ status: 401 });
    await expect(clientOf(standby).locks.acquire('x')).rejects.toMatchObject({ status: 401 });
    await expect(clientOf(standby).at(standby.url).keys.get('k')).rejects.toMatchObject({ status: 401 });
    expect(shown.length).toBeGreaterThanOrEqual(3);
    expect(shown.some(([, isShown]) => isShown)).toBe(false);
  });

  it.each([
    ['none of its endpoints', false],
    ['one of its endpoints', true],
  ])('leaves a wait at a member that hangs and is %s', async (_what, isKnown) => {
    const health: boolean[] = [];
    const hanging = new FakeServer();
    hanging.answer = ({ url }, { authorization }) => {
      if (url !== '/health') return { isOpen: true };
      health.push(authorization !== undefined);
      return undefined;
    };
    await hanging.start();
    let leader = hanging;
    // Those who lead now are well: what asks the standby for their health never finds that the wait is with another.
    standby.answer = ({ url }) => pointTo(url === '/health' ? member : leader, url);
    const client = clientOf(standby, member, ...(isKnown ? [hanging] : []));
    const change = client.watch('/k', { ...FROM, checkEveryMs: 50, timeoutMs: 300 }).next();
    // It ends with the client where the test fails.
    change.catch(() => undefined);
    for (let i = 0; i < 500 && health.length === 0; i++) await new Promise((done) => setTimeout(done, 10));
    expect(health).not.toHaveLength(0);
    leader = member;
    expect((await change).value).toMatchObject({ index: 6 });
    expect(new Set(health)).toEqual(new Set([isKnown]));
    hanging.stop();
  });

  it('keeps an eye on the member where it really waits for a lock', async () => {
    const eyes: string[] = [];
    const keepAnEyeOn = jest.spyOn(Liveness.prototype, 'keepAnEyeOn').mockImplementation(({ endpoint }) => {
      eyes.push(endpoint);
      return { stop: () => eyes.push('stop') };
    });
    const lock = await clientOf(standby, member).locks.acquire('x');
    keepAnEyeOn.mockRestore();
    expect(eyes).toEqual([standby.url, 'stop', member.url, 'stop']);
    await lock.release();
  });
});

describe('a client that learns who the members are', () => {
  it.each([
    ['watches', (client: Client) => client.watch('/k', { ...FROM, checkEveryMs: 50 }).next()],
    ['waits for a lock', (client: Client) => client.locks.acquire('x')],
    ['streams', (client: Client) => client.open({ method: 'GET', path: '/x' })],
    ['asks one member', (client: Client) => client.at(client.endpoints[0] ?? '').keys.get('k')],
  ])('does so also if it only %s', async (what, wait) => {
    const server = new FakeServer();
    server.answer = ({ url }) => {
      if (url === '/v2/members') return { body: { members: [] } };
      return url === '/health' ? { body: { health: 'true' } } : url.includes('wait') ? { isOpen: true } : undefined;
    };
    await server.start();
    const client = createClient({ endpoints: server.url, discoverEveryMs: 100 });
    const waiting = wait(client).catch((error: unknown) => error);
    const discoveries = (): number => server.asked.filter(({ url }) => url === '/v2/members').length;
    // A watch that is silent asks from time to time whether its member is alive, and learns then too.
    const expected = what === 'watches' ? 3 : 1;
    for (let i = 0; i < 300 && discoveries() < expected; i++) await new Promise((done) => setTimeout(done, 10));
    expect(discoveries()).toBeGreaterThanOrEqual(expected);
    client.close();
    await waiting;
    server.stop();
  });
});
