/** Clients that come past Node's server, and what they ask. */
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { AuditTrail } from '../../../../src/api/audit';
import { Connection } from '../../../../src/api/connection/connection';
import type { ApiOptions } from '../../../../src/api/options';
import { MemberError } from '../../../../src/member/types';
import { startUnderTest, until, type ApiUnderTest } from '../../apiUnderTest';
import { event, keyError, node, type FakeMember } from '../../fakeMember';

const apis: ApiUnderTest[] = [];
const sockets: Socket[] = [];
let spy: jest.SpyInstance;

/** The requests that came to Node's server in this test. */
export const taken = (): jest.SpyInstance => spy;

/** To be called by each file, for what its tests begin and end with. */
export function withClients(): void {
  beforeEach(() => {
    spy = jest.spyOn(Connection.prototype, 'take');
  });

  afterEach(async () => {
    spy.mockRestore();
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const api of apis.splice(0)) await api.server.close(100);
  });
}

export async function start(options: Partial<ApiOptions> = {}): Promise<ApiUnderTest> {
  const api = await startUnderTest(options);
  apis.push(api);
  return api;
}

export interface Client {
  readonly socket: Socket;
  readonly text: () => string;
  readonly isClosed: () => boolean;
  /** Sends bytes and waits for so many answers in all. */
  readonly ask: (bytes: string, answers: number) => Promise<string>;
}

export async function open({ clientPort }: ApiUnderTest, isSecure = false): Promise<Client> {
  const place = { port: clientPort, host: '127.0.0.1', allowHalfOpen: true };
  const socket = isSecure ? connectSecurely({ ...place, rejectUnauthorized: false }) : connect(place);
  sockets.push(socket);
  let text = '';
  let closed = false;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  for (const name of ['end', 'close']) socket.on(name, () => (closed = true));
  await new Promise((resolve) => socket.once(isSecure ? 'secureConnect' : 'connect', resolve));
  const ask = async (bytes: string, answers: number): Promise<string> => {
    socket.write(bytes, 'latin1');
    await until(() => wholeAnswers(text) === answers);
    return text;
  };
  return { socket, text: () => text, isClosed: () => closed, ask };
}

/** How many answers there are to the end. */
export function wholeAnswers(text: string): number {
  let count = 0;
  for (let rest = text; ;) {
    const head = rest.indexOf('\r\n\r\n');
    if (head < 0) return count;
    const length = /Content-Length: (\d+)/.exec(rest.slice(0, head))?.[1];
    const end = length === undefined ? rest.indexOf('\r\n0\r\n\r\n', head) + 7 : head + 4 + Number(length);
    if (end < head + 4 || rest.length < end) return count;
    count += 1;
    rest = rest.slice(end);
  }
}

const FORM = 'Content-Type: application/x-www-form-urlencoded\r\n';
export const GET = 'GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n';

export function get(target: string): string {
  return GET.replace('/v2/keys/a', target);
}

export function put(target: string, form: string, method = 'PUT'): string {
  return `${method} ${target} HTTP/1.1\r\nHost: x\r\n${FORM}Content-Length: ${form.length}\r\n\r\n${form}`;
}

export const LONG = 'x'.repeat(40_000) + '"\xe4\x01'.repeat(1000);
const CHILDREN = Array.from({ length: 2000 }, (_nothing, at) => node({ key: `/a/${at}`, value: 'v'.repeat(900) }));

/** What the member answers to the keys of the requests below. */
export function setUp(member: FakeMember): void {
  member.onGet = (path) => {
    if (path === '/none') return keyError(100, '/none');
    if (path === '/long') return event({ node: node({ key: path, value: LONG }) });
    if (path === '/list') return event({ node: node({ key: path, dir: true, nodes: CHILDREN.slice(0, 3) }) });
    if (path === '/longList') return event({ node: node({ key: path, dir: true, nodes: CHILDREN }) });
    if (path === '/broken') throw new Error('nobody foresaw this');
    return event({ node: node({ key: path, value: 'v', expirationMs: Date.parse('2030-01-01') }) });
  };
  member.onPropose = async (command) => {
    await Promise.resolve();
    const { path } = command as { readonly path: string };
    if (path === '/compared') return keyError(101, `[${LONG} != x]`);
    if (path === '/dir') return keyError(102, '/dir');
    if (path === '/full') throw new MemberError('noSpace', 'full');
    if (path === '/busy') throw new MemberError('busy', 'busy');
    if (path === '/late') throw new MemberError('timeout', 'late');
    if (path === '/broken') throw new Error('nobody foresaw this');
    const prevNode = path === '/new' ? undefined : node({ key: path, value: path === '/long' ? LONG : 'before' });
    return event({
      action: command.type === 'delete' ? 'delete' : 'set',
      node: node({ key: path, value: 'v' }),
      prevNode,
    });
  };
}

export const DIRECT = [
  GET.replace('Host: x', 'Host: x\r\nConnection: Keep-Alive\r\nUser-Agent: a b\r\nAccept-Encoding: gzip'),
  get('/v2/keys'),
  get('/v2/keys/'),
  get('/v2/keys/a'),
  get('/v2/keys/a/'),
  get('/v2/keys//a/../b/./c'),
  get('/v2/keys/a%20b%2Fc?quorum=false&recursive=false&sorted=false'),
  get('/v2/keys/a?quorum=true'),
  get('/v2/keys/a?consistent=true'),
  get('/v2/keys/a?quorum=true&wait=true'),
  get('/v2/keys/a?nonsense=1&&'),
  get('/v2/keys/none'),
  get('/v2/keys/long'),
  get('/v2/keys/list?recursive=true'),
  get('/v2/keys/longList?recursive=true&sorted=true'),
  get('/v2/keys/broken'),
  get(`/v2/keys/${'d/'.repeat(900)}`),
  put('/v2/keys/new', 'value=1'),
  put('/v2/keys/new', 'value=1&ttl=5'),
  put('/v2/keys/b', ''),
  put('/v2/keys/b', 'value=%C3%A4').replace('urlencoded', 'urlencoded;charset=UTF-8'),
  put('/v2/keys/b', 'value=a+b%26%e4&prevExist=true'),
  put('/v2/keys/b?prevValue=x', 'value=1'),
  put('/v2/keys/b?noValueOnSuccess=true', 'value=1'),
  put('/v2/keys/long', 'value=1'),
  put('/v2/keys/compared', 'value=1&prevValue=y'),
  put('/v2/keys/dir', 'value=1'),
  put('/v2/keys/full', 'value=1'),
  put('/v2/keys/busy', 'value=1'),
  put('/v2/keys/late', 'value=1'),
  put('/v2/keys/broken', 'value=1'),
  put('/v2/keys/b', `value=${'y'.repeat(20_000)}`),
  put(`/v2/keys/${'d/'.repeat(900)}`, 'value=1'),
  put('/v2/keys/b', 'value=1', 'POST'),
  get('/v2/keys/b').replace('GET', 'DELETE'),
  get('/v2/keys/b?prevIndex=7').replace('GET', 'DELETE'),
] as const;

/** Requests that their client ends the connection with. */
export const LAST = DIRECT.slice(1).map((request) => request.replace('Host: x', 'Host: x\r\nConnection: close'));

/** Where a body is cut into chunks depends on how fast it is taken. */
export const comparable = (text: string): string =>
  text
    .replaceAll(/^Date: .*$/gm, 'Date: then')
    .replaceAll(/(?<=Transfer-Encoding: chunked\r\n\r\n)[^]*?(?=0\r\n\r\n|$)/g, (body) =>
      body.replace(/(?:^|\r\n)[0-9a-f]+\r\n/g, ''),
    );

/** What a client of each kind of way gets, when the same happens to both. */
export async function bothWays(
  happen: (api: ApiUnderTest, client: Client) => Promise<void>,
): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const options of [{}, { audit: new AuditTrail(() => undefined, Date.now) }]) {
    const api = await start(options);
    const client = await open(api);
    await happen(api, client);
    texts.push(comparable(client.text()));
    expect(taken().mock.calls.length > 0).toBe('audit' in options);
  }
  return texts;
}
