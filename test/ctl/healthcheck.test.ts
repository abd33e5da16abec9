import { createServer, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { healthcheck } from '../../src/ctl/healthcheck';

describe('cairn healthcheck', () => {
  let server: Server;
  let status = 200;
  let asked: string | undefined;
  let url = '';
  const written: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked = request.url;
      response.writeHead(status).end('the reason');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    written.length = 0;
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
  });

  afterEach(() => jest.restoreAllMocks());

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('asks /readyz and is content with 200', async () => {
    status = 200;
    expect(await healthcheck(['--url', url])).toBe(0);
    expect(asked).toBe('/readyz');
    expect(written).toEqual([]);
  });

  it('says why the member is not ready', async () => {
    status = 503;
    expect(await healthcheck([`--url=${url}`])).toBe(1);
    expect(written.join('')).toContain('the reason');
  });

  it('says that nobody answers', async () => {
    expect(await healthcheck(['--url', 'http://127.0.0.1:1'])).toBe(1);
    expect(written.join('')).toContain('GET http://127.0.0.1:1/readyz: connection refused');
  });

  it.each([
    ['http://0.0.0.0:PORT', 'all interfaces'],
    ['http://127.0.0.1:PORT,http://127.0.0.1:1', 'the first of several'],
    [' http://localhost:PORT ', 'a name'],
  ])('asks where ETCD_LISTEN_CLIENT_URLS=%s says that the member listens: %s', async (listen) => {
    status = 200;
    asked = undefined;
    expect(await healthcheck([], { ETCD_LISTEN_CLIENT_URLS: listen.replace('PORT', new URL(url).port) })).toBe(0);
    expect(asked).toBe('/readyz');
  });

  it('knows the loopback address that belongs to every IPv6 interface', async () => {
    expect(await healthcheck([], { ETCD_LISTEN_CLIENT_URLS: 'http://[::]:1' })).toBe(1);
    expect(written.join('')).toContain('GET http://[::1]:1/readyz: ');
  });

  it('prefers --url to the environment', async () => {
    status = 200;
    expect(await healthcheck(['--url', url], { ETCD_LISTEN_CLIENT_URLS: 'http://127.0.0.1:1' })).toBe(0);
  });

  it('asks the usual port if nothing is said', async () => {
    status = 200;
    const there = net.connect(Number(new URL(url).port), '127.0.0.1');
    const connecting = jest.spyOn(net, 'connect').mockReturnValue(there);
    expect(await healthcheck([], { ETCD_LISTEN_CLIENT_URLS: '' })).toBe(0);
    expect(connecting).toHaveBeenCalledWith(expect.objectContaining({ host: '127.0.0.1', port: 2379 }));
  });

  it('does not guess what a broken variable means', async () => {
    expect(await healthcheck([], { ETCD_LISTEN_CLIENT_URLS: '2379' })).toBe(2);
    expect(written.join('')).toContain('--url');
  });

  it.each([[['--uri', 'x']], [['--url', 'nonsense']], [['surplus']]])('refuses %j', async (args) => {
    expect(await healthcheck(args)).toBe(2);
    expect(written.join('')).toContain('--url');
  });
});
