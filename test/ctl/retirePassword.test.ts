/** To whom `cairn retire` shows a password: the member that is drained says itself where it is. */
import { createServer as createPlain, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { retire } from '../../src/ctl/retire';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { captureOutput } from './output';

const output = captureOutput();
const BASIC = `Basic ${Buffer.from('root:rootpw').toString('base64')}`;

let pki: Pki;
let files: CertificateFiles;
let servers: Server[] = [];
let members: readonly { readonly id: string; readonly name: string; readonly clientURLs: readonly string[] }[] = [];
/** What was shown with the request to drain. */
let shown: (string | undefined)[] = [];

beforeAll(async () => {
  pki = await makePki();
  files = await pki.issue('member');
});

afterAll(() => {
  pki.remove();
});

afterEach(async () => {
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  servers = [];
  shown = [];
});

const play: RequestListener = ({ method, url, headers }: IncomingMessage, response) => {
  if (method === 'DELETE') members = members.filter(({ id }) => url !== `/v2/members/${id}`);
  if (url === '/config/local/drain') shown.push(headers.authorization);
  if (method === 'GET') response.end(JSON.stringify({ members }));
  else response.writeHead(204).end();
};

async function serve(scheme: 'http' | 'https'): Promise<string> {
  const server =
    scheme === 'http' ? createPlain(play) : createSecure({ cert: files.certificate, key: files.key }, play);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Retires the member at one URL by asking at another, and answers both. */
async function run(asked: 'http' | 'https', advertised: 'http' | 'https'): Promise<string> {
  const [url, memberUrl] = [await serve(asked), await serve(advertised)];
  members = [
    { id: 'a0', name: 'kv-0', clientURLs: [url] },
    { id: 'a1', name: 'kv-1', clientURLs: [memberUrl] },
  ];
  const args = ['--url', url, '--name-prefix', 'kv-', '--keep', '1', '--drain', '1', '--timeout', '10'];
  expect(await retire([...args, '--ca-file', pki.caFile], { ETCDCTL_USER: 'root:rootpw' })).toBe(0);
  return memberUrl;
}

test('it goes to no http URL that a cluster with TLS lists, which is said once', async () => {
  const memberUrl = await run('https', 'http');
  expect(shown).toEqual([undefined]);
  expect(output.text().split(`${memberUrl} is asked without the user: it has no TLS`)).toHaveLength(2);
  expect(output.text()).not.toContain('rootpw');
});

test.each([
  ['https', 'https'],
  ['http', 'http'],
  ['http', 'https'],
] as const)('asked by %s, it is shown to a member with %s', async (asked, advertised) => {
  await run(asked, advertised);
  expect(shown).toEqual([BASIC]);
  expect(output.text()).not.toContain('without the user');
});
