/** What servers may answer that are broken, or mean harm. */
import { createClient, NotUnderstoodError, type Client } from '../../../src/client';
import { FakeServer } from '../fakeServer';
import { answerText, RawServer } from '../rawServer';

describe('a server that lies', () => {
  let server: RawServer;
  let client: Client;

  beforeEach(async () => {
    server = new RawServer();
    await server.start();
    client = createClient({ endpoints: server.url, timeoutMs: 3000, roundsMax: 1, answerBytesMax: 100_000 });
  });

  afterEach(() => {
    client.close();
    server.stop();
  });

  const answers: readonly (readonly [what: string, body: string])[] = [
    ['half a JSON', '{"action":"get","node":{"key":"/k"'],
    ['no JSON', '<html>It works!</html>'],
    ['nothing', ''],
    ['a text', '"get"'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no node', '{"action":"get"}'],
    ['an unknown action', '{"action":"steal","node":{"key":"/k"}}'],
    ['a number as the key', '{"action":"get","node":{"key":7}}'],
    ['a key without slash', '{"action":"get","node":{"key":"k"}}'],
    ['another key', '{"action":"get","node":{"key":"/other","value":"v"}}'],
    ['a list as the value', '{"action":"get","node":{"key":"/k","value":["v"]}}'],
    ['an index below 0', '{"action":"get","node":{"key":"/k","modifiedIndex":-1}}'],
    ['an index with a fraction', '{"action":"get","node":{"key":"/k","modifiedIndex":1.5}}'],
    ['an index that is not exact', '{"action":"get","node":{"key":"/k","modifiedIndex":1e300}}'],
    ['a TTL that is a text', '{"action":"get","node":{"key":"/k","ttl":"1"}}'],
    ['dir as a text', '{"action":"get","node":{"key":"/k","dir":"true"}}'],
    ['nodes that are none', '{"action":"get","node":{"key":"/k","dir":true,"nodes":{}}}'],
    ['a node outside', '{"action":"get","node":{"key":"/k","dir":true,"nodes":[{"key":"/etc/passwd"}]}}'],
    ['itself as its node', '{"action":"get","node":{"key":"/k","dir":true,"nodes":[{"key":"/k/"}]}}'],
    ['a wrong node before', '{"action":"get","node":{"key":"/k"},"prevNode":[]}'],
    ['nodes without end', `{"action":"get","node":${'{"key":"/k","nodes":['.repeat(2000)}${']}'.repeat(2000)}}`],
  ];

  it.each(answers)('is not understood: %s', async (_what, body) => {
    server.answer = ({ socket }) => socket.write(answerText(body));
    const error = await client.keys.get('k').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(NotUnderstoodError);
  });

  it('cannot plant anything in prototypes', async () => {
    const body = '{"action":"get","node":{"key":"/k","value":"v","__proto__":{"dir":true}},"__proto__":{"x":1}}';
    server.answer = ({ socket }) => socket.write(answerText(body));
    const { node } = await client.keys.get('k');
    expect([node.dir, Reflect.get({}, 'x')]).toEqual([false, undefined]);
  });

  it('is not read to the end of a body that has none', async () => {
    server.answer = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const pour = (): void => {
        while (socket.writable && socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`));
      };
      socket.on('drain', pour);
      pour();
    };
    const error = await client.keys.get('k').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(NotUnderstoodError);
    expect(String(error)).toContain('longer than 100000 bytes (answerBytesMax)');
  });

  it('is not waited for when it announces too much, or drips', async () => {
    server.answer = ({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{');
    await expect(client.keys.get('k')).rejects.toThrow('longer than 100000 bytes');
    server.answer = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => {
        clearInterval(timer);
      });
    };
    await expect(client.keys.get('k', { timeoutMs: 200 })).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('is told from a connection that breaks in the midst of an answer', async () => {
    server.answer = ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"action":"get"');
    const error = await client.keys.get('k').catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'unreachable' });
    expect(String(error)).toContain('before the end of the answer');
    const written = await client.keys.set('k', 'v').catch((one: unknown) => one);
    expect(written).toMatchObject({ kind: 'unreachable', maybeCarriedOut: true });
  });

  it('does not get along without HTTP, with an upgrade, or with headers or hints without end', async () => {
    server.answer = ({ socket }) => socket.end('SSH-2.0-OpenSSH_9.6\r\n');
    await expect(client.keys.get('k')).rejects.toMatchObject({ kind: 'unreachable' });
    server.answer = ({ socket }) => socket.write('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
    await expect(client.keys.get('k')).rejects.toThrow('an upgrade (status 101)');
    server.answer = ({ socket }) => socket.write(`HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(20_000)}`);
    await expect(client.keys.get('k')).rejects.toMatchObject({ kind: 'unreachable' });
    server.answer = ({ socket }) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000));
    await expect(client.keys.get('k')).rejects.toThrow('more than 16 answers before the answer');
  });

  it('is told from an answer that breaks in the same breath in which it came', async () => {
    server.answer = ({ socket }) =>
      socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n${'X-A: b\r\n'.repeat(5000)}`);
    const error = await client.keys.get('k').catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'unreachable' });
    server.answer = ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n');
    await expect(client.keys.get('k')).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('answers nobody asked for do not become those of the next request', async () => {
    const [first, second] = ['one', 'two'].map((value) =>
      answerText(`{"action":"get","node":{"key":"/k","value":"${value}"}}`),
    );
    server.answer = ({ socket, connection }) => {
      socket.write(
        connection === 1 ? `${first}${second}` : answerText('{"action":"get","node":{"key":"/k","value":"right"}}'),
      );
    };
    expect((await client.keys.get('k')).node.value).toBe('one');
    await new Promise((done) => setTimeout(done, 30));
    expect((await client.keys.get('k')).node.value).toBe('right');
  });

  it('sends nobody in circles, or away from TLS', async () => {
    const circle = new FakeServer();
    await circle.start();
    circle.answer = () => ({ status: 307, headers: { Location: '/v2/keys/k' } });
    const round = createClient({ endpoints: circle.url, timeoutMs: 3000 });
    await expect(round.keys.get('k')).rejects.toThrow(/points elsewhere for the 6th time/);
    expect(circle.asked).toHaveLength(6);
    circle.answer = () => ({ status: 307, headers: { Location: 'file:///etc/passwd' } });
    await expect(round.keys.get('k')).rejects.toThrow(/points to what is no URL/);
    round.close();
    circle.stop();
  });

  it('says of a 401 when the password was kept from whoever answered, because an endpoint pointed there', async () => {
    const elsewhere = new FakeServer();
    await elsewhere.start();
    const endpoint = new FakeServer();
    await endpoint.start();
    elsewhere.answer = (_request, headers) =>
      headers.authorization === undefined ? { status: 401, body: { message: 'Insufficient credentials' } } : {};
    endpoint.answer = () => ({ status: 307, headers: { Location: `${elsewhere.url}/v2/keys/k` } });
    const options = { timeoutMs: 3000, auth: { username: 'root', password: 'secret' } };
    const one = createClient({ ...options, endpoints: endpoint.url });
    const sentOn = `the request was sent on to ${elsewhere.url}, which is none of the endpoints given: it was not shown the password`;
    await expect(one.keys.get('k')).rejects.toThrow(`Insufficient credentials (${sentOn})`);
    await expect(one.open({ method: 'GET', path: '/v2/keys/k' })).rejects.toThrow(sentOn);
    one.close();
    const stranger = createClient({ endpoints: endpoint.url, timeoutMs: 3000 });
    await expect(stranger.keys.get('k')).rejects.toThrow(/Insufficient credentials$/);
    stranger.close();
    for (const server of [endpoint, elsewhere]) server.stop();
  });

  it('puts nothing into messages that a terminal would obey', async () => {
    server.answer = ({ socket }) =>
      socket.write(answerText('{"message":"a\\u001b[2Jb\\nc"}', '418 Teapot')) && undefined;
    const error = await client.keys.get('k').catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'refused', status: 418, said: 'a?[2Jb c' });
  });
});
