import { createClient, UnreachableError, type Client } from '../../../src/client';
import { answerText, RawServer } from '../rawServer';

const KEY = JSON.stringify({ action: 'set', node: { key: '/k', value: 'v', modifiedIndex: 3, createdIndex: 3 } });

describe('connections that are kept', () => {
  let server: RawServer;
  let client: Client;

  beforeEach(async () => {
    server = new RawServer();
    await server.start();
    client = createClient({ endpoints: server.url, timeoutMs: 5000, roundsMax: 1 });
    server.answer = ({ socket }) => socket.write(answerText(KEY));
  });

  afterEach(() => {
    client.close();
    server.stop();
  });

  it('serve one request after another', async () => {
    for (let i = 0; i < 5; i++) await client.keys.set('k', 'v');
    expect(server.connections).toBe(1);
  });

  it('are opened anew for a write if the server closed them meanwhile, and the write comes once', async () => {
    await client.keys.set('k', 'v');
    // The end is in this process's receive buffer and nobody has read it, as after a busy turn of the event loop.
    server.hangUp();
    const untilMs = performance.now() + 30;
    while (performance.now() < untilMs);
    await client.keys.set('k', 'w');
    expect(server.asked).toEqual(['PUT /v2/keys/k HTTP/1.1', 'PUT /v2/keys/k HTTP/1.1']);
    expect(server.connections).toBe(2);
  });

  it('that break after a write was sent do not send it again', async () => {
    server.answer = ({ socket, number }) => {
      if (number === 1) socket.write(answerText(KEY));
      else socket.destroy();
    };
    await client.keys.set('k', 'v');
    const error = await client.keys.set('k', 'w').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({ maybeCarriedOut: true });
    expect(String(error)).toContain('may have carried it out');
    expect(server.asked).toHaveLength(2);
  });

  it('that break after a read was sent send it again, down a new one', async () => {
    server.answer = ({ socket, number }) => {
      if (number === 1) socket.write(answerText(KEY));
      else socket.destroy();
    };
    await client.keys.get('k');
    expect((await client.keys.get('k')).node.value).toBe('v');
    expect(server.connections).toBe(2);
  });

  it('do not keep a request that is never answered for ever', async () => {
    server.answer = () => undefined;
    const error = await client.keys.get('k', { timeoutMs: 100 }).catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'timeout', maybeCarriedOut: false });
  });

  it('end with the client, and so does what is under way', async () => {
    server.answer = () => undefined;
    const asking = client.keys.get('k');
    await new Promise((done) => setTimeout(done, 20));
    client.close();
    await expect(asking).rejects.toThrow('the client was closed');
    await expect(client.keys.get('k')).rejects.toThrow('the client was closed');
  });
});
