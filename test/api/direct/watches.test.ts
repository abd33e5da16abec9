/** A watch past Node's server is the same as one through it. */
import { until } from '../apiUnderTest';
import { event, node } from '../fakeMember';
import { bothWays, get, LONG, put, GET, setUp, taken, wholeAnswers, withClients } from './support/directClients';

withClients();

const WATCH = get('/v2/keys/a?wait=true');
const STREAM = get('/v2/keys/a?wait=true&stream=true&recursive=true');
const EVENT = event({ action: 'set', node: node({ key: '/a', value: 'w' }) });

describe('a watch', () => {
  test('ends with its event, and the connection goes on', async () => {
    const [direct, byNode] = await bothWays(async ({ member }, client) => {
      client.socket.write(WATCH, 'latin1');
      await until(() => client.text().endsWith('\r\n\r\n') && member.watches.length === 1);
      member.watches[0]!.listener(EVENT);
      await until(() => wholeAnswers(client.text()) === 1);
      client.socket.write(WATCH.replace('a?', 'b?'), 'latin1');
      await until(() => member.watches.length === 2);
      member.watches[1]!.listener(EVENT);
      await until(() => wholeAnswers(client.text()) === 2);
    });
    expect(direct).toBe(byNode);
    expect(direct).toContain('"value":"w"');
  });

  test('of the past is answered at once', async () => {
    const [direct, byNode] = await bothWays(async ({ member }, client) => {
      member.pastEvents = [EVENT, EVENT];
      await client.ask(WATCH, 1);
    });
    expect(direct).toBe(byNode);
  });

  test('that is a stream gives each event, a long one too, and is cut when the server stops', async () => {
    const [direct, byNode] = await bothWays(async ({ member, server }, client) => {
      client.socket.write(STREAM, 'latin1');
      await until(() => member.watches.length === 1);
      for (let count = 1; count <= 3; count += 1) {
        member.watches[0]!.listener(EVENT);
        await until(() => client.text().split('"value":"w"').length === count + 1);
      }
      member.watches[0]!.listener(event({ action: 'set', node: node({ key: '/a', value: LONG, modifiedIndex: 99 }) }));
      await until(() => client.text().includes('"modifiedIndex":99'));
      await server.closeClients(1000);
      await until(client.isClosed);
      expect(member.watches[0]!.cancelled).toBe(true);
    });
    expect(direct).toBe(byNode);
    expect(direct).not.toMatch(/0\r\n\r\n$/);
  });

  test('ends properly for a client that closes its half', async () => {
    const [direct, byNode] = await bothWays(async ({ member }, client) => {
      client.socket.write(WATCH, 'latin1');
      await until(() => member.watches.length === 1);
      client.socket.end();
      await until(client.isClosed);
      expect(member.watches[0]!.cancelled).toBe(true);
      expect(client.text()).toMatch(/\r\n0\r\n\r\n$/);
    });
    expect(direct).toBe(byNode);
  });

  const AHEAD = [put('/v2/keys/b', 'value=2'), '\r\n', 'x'.repeat(50_000)];

  test.each(AHEAD)('is over when its client is gone with something behind it (%j)', async (ahead) => {
    await bothWays(async ({ member }, client) => {
      client.socket.write(WATCH, 'latin1');
      await until(() => member.watches.length === 1);
      client.socket.write(ahead, 'latin1');
      await new Promise((resolve) => setTimeout(resolve, 30));
      client.socket.resetAndDestroy();
      await until(() => member.watches[0]!.cancelled);
      expect(member.commands).toEqual([]);
    });
  });

  test.each(AHEAD.slice(0, 2))(
    'ends when its client has sent all it will, with something behind it (%j)',
    async (ahead) => {
      const [direct, byNode] = await bothWays(async (api, client) => {
        setUp(api.member);
        client.socket.write(WATCH, 'latin1');
        await until(() => api.member.watches.length === 1);
        client.socket.write(ahead, 'latin1');
        await new Promise((resolve) => setTimeout(resolve, 30));
        client.socket.end();
        await until(client.isClosed);
        expect(api.member.watches[0]!.cancelled).toBe(true);
        expect(api.member.commands).toHaveLength(ahead.startsWith('PUT') ? 1 : 0);
        taken().mock.calls.length = 'audit' in api.options ? 1 : 0;
      });
      expect(direct).toBe(byNode);
    },
  );

  test('is answered before what is sent behind it', async () => {
    const [direct, byNode] = await bothWays(async (api, client) => {
      setUp(api.member);
      client.socket.write(WATCH, 'latin1');
      await until(() => api.member.watches.length === 1);
      client.socket.write(put('/v2/keys/b', 'value=2') + GET, 'latin1');
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(api.member.commands).toEqual([]);
      api.member.watches[0]!.listener(EVENT);
      await until(() => wholeAnswers(client.text()) === 3);
      taken().mock.calls.length = 'audit' in api.options ? 1 : 0;
    });
    expect(direct).toBe(byNode);
  });

  test('is cut when the server stops, whatever its client sent ahead, and that is not carried out', async () => {
    await bothWays(async ({ member, server }, client) => {
      client.socket.write(STREAM, 'latin1');
      await until(() => member.watches.length === 1);
      const ahead = put('/v2/keys/b', 'value=2');
      client.socket.write(ahead, 'latin1');
      // What comes after the end of a connection resets it, and takes with it what its client has not read.
      await until(() => server.clientTraffic().receivedBytes === STREAM.length + ahead.length);
      member.watches[0]!.listener(EVENT);
      await server.closeClients(1000);
      await until(client.isClosed);
      expect(member.watches[0]!.cancelled).toBe(true);
      expect(member.commands).toEqual([]);
    });
  });

  test('is cut when auth is switched on', async () => {
    await bothWays(async ({ member }, client) => {
      client.socket.write(WATCH, 'latin1');
      await until(() => member.watches.length === 1);
      member.auth = () => ({ enabled: true, version: 1, user: () => undefined, role: () => undefined }) as never;
      for (const listener of member.authListeners) listener();
      await until(client.isClosed);
      expect(client.text()).not.toMatch(/0\r\n\r\n$/);
    });
  });
});
