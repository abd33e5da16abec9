import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchMembers, FetchMembersError, parseMembers } from '../../src/peer/fetchMembers';
import { stablePort } from '../support/ports';

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

const BODY =
  '[{"id":4360196384456835139,"peerURLs":["http://10.0.0.1:2380"],"name":"infra3","clientURLs":["http://10.0.0.1:2379"]},' +
  '{"id":18446744073709551615,"peerURLs":["http://10.0.0.2:2380"],"name":"","clientURLs":[]}]\n';

describe('the members of a running cluster', () => {
  it('are asked for, with all 64 bits of their ids', async () => {
    let asked = '';
    const url = await serve((request, response) => {
      asked = `${request.method} ${request.url}`;
      response.setHeader('X-Etcd-Cluster-Id', '34b660d543ad1445').end(BODY);
    });
    expect(await fetchMembers(url, 2000)).toEqual({
      clusterId: '34b660d543ad1445',
      members: [
        {
          id: '3c828782a67e0043',
          name: 'infra3',
          peerURLs: ['http://10.0.0.1:2380'],
          clientURLs: ['http://10.0.0.1:2379'],
        },
        { id: 'ffffffffffffffff', name: '', peerURLs: ['http://10.0.0.2:2380'], clientURLs: [] },
      ],
    });
    expect(asked).toBe('GET /members');
  });

  it('are told with all URLs that a member may have, however long', () => {
    const urls = Array.from({ length: 128 }, (_, at) => `http://10.0.0.1:${2000 + at}/${'x'.repeat(4000)}`);
    const [member] = parseMembers(JSON.stringify([{ id: 7, name: 'a', peerURLs: urls, clientURLs: [] }]));
    expect(member?.peerURLs).toEqual(urls);
  });

  it.each([
    ['a status', 500, '34b660d543ad1445', BODY, /status 500/],
    ['no cluster ID', 200, '', BODY, /no cluster ID/],
    ['no JSON', 200, '1', '<html>', /JSON/],
    ['no list', 200, '1', '{}', /not a list/],
    ['no id', 200, '1', '[{"name":"x"}]', /no id/],
    ['too much', 200, '1', ' '.repeat(2 * 1024 * 1024), /longer than/],
  ])('are not made up from %s', async (_what, status, clusterId, body, reason) => {
    const url = await serve((_request, response) => {
      response.writeHead(status, { 'X-Etcd-Cluster-Id': clusterId }).end(body);
    });
    const outcome = fetchMembers(url, 2000);
    await expect(outcome).rejects.toThrow(FetchMembersError);
    await expect(outcome).rejects.toThrow(reason);
  });

  it('are not waited for longer than asked', async () => {
    const url = await serve(() => undefined);
    const begunMs = Date.now();
    await expect(fetchMembers(url, 100)).rejects.toThrow('i/o timeout');
    expect(Date.now() - begunMs).toBeLessThan(10_000);
  });

  it('cannot be had from where nobody listens, or from no URL', async () => {
    await expect(fetchMembers(`http://127.0.0.1:${await stablePort()}`, 10_000)).rejects.toThrow('connection refused');
    await expect(fetchMembers('nonsense', 1000)).rejects.toThrow(FetchMembersError);
  });

  it('keep names that look like ids', () => {
    const [member] = parseMembers('[{"name":"\\"id\\":7,","id":7}]');
    expect(member).toMatchObject({ id: '7', name: '"id":7,' });
  });
});
