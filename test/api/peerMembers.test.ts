import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { FakeMember } from './fakeMember';
import { createPeerHandler } from '../../src/api/peerHandler';
import type { MemberInfo } from '../../src/machine/cluster/members';
import { MemberError, MembershipError, type ClusterAdmin } from '../../src/member/types';
import { objectionTo } from '../../src/tls/identity';
import type { TlsSide } from '../../src/tls/side';

const LISTED: readonly MemberInfo[] = [
  { id: 'a1', name: 'a', peerURLs: ['https://a:1'], clientURLs: [], learner: false },
  { id: 'b2', name: '', peerURLs: ['https://b:1'], clientURLs: [], learner: true },
];

const NOTHING = { certificatesDemanded: false, allowedCommonNames: [], allowedHostNames: [] };
/** As with a CA that signs for clients too. */
const ANY_OF_THE_CA = { ...NOTHING, certificatesDemanded: true };
const BY_NAME = { ...ANY_OF_THE_CA, allowedCommonNames: ['peer'] };

let asked: unknown[];
let failure: Error | undefined;
let unexpected: unknown[];
/** What is demanded of who comes. */
let demand: Pick<TlsSide, 'certificatesDemanded' | 'allowedCommonNames' | 'allowedHostNames'>;
let server: Server;

const carriedOut = (...what: unknown[]): Promise<void> => {
  asked.push(what);
  return failure === undefined ? Promise.resolve() : Promise.reject(failure);
};
const member: ClusterAdmin = {
  clusterId: 'c1',
  members: () => LISTED,
  clusterVersion: () => '2.3.0',
  addMember: async (peerURLs) => {
    await carriedOut('add', peerURLs);
    return { id: 'c3', name: '', peerURLs, clientURLs: [], learner: true };
  },
  removeMember: (id, options) => carriedOut('remove', id, options),
  updateMember: (id, peerURLs) => carriedOut('update', id, peerURLs),
};

beforeEach(async () => {
  [asked, failure, unexpected, demand] = [[], undefined, [], BY_NAME];
  const others = (): void => undefined;
  server = createServer(
    createPeerHandler(Object.assign(new FakeMember(), member), (error) => unexpected.push(error), others),
  );
  server.on('connection', (socket) => {
    showsCertificate(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** As a TLS listener does with a connection, whose certificate Node.js has verified. */
function showsCertificate(socket: Socket): void {
  const certificate = { authorized: true, getPeerCertificate: () => ({ subject: { CN: 'peer' } }) };
  objectionTo(Object.assign(socket, certificate) as unknown as TLSSocket, demand as TlsSide);
}

function ask(method: string, path: string, body?: unknown): Promise<{ status: number | undefined; text: string }> {
  const { port } = server.address() as AddressInfo;
  const headers = { 'Content-Type': 'application/json' };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        resolve({ status: response.statusCode, text });
      });
    });
    request.on('error', reject);
    request.end(body === undefined ? '' : JSON.stringify(body));
  });
}

const NEW = { peerURLs: ['https://c:1'] };

test('who shows a certificate with a name of members adds, removes what is lost, and moves', async () => {
  expect(await ask('POST', '/members', NEW)).toEqual({ status: 201, text: '{"id":"c3"}\n' });
  expect(await ask('DELETE', '/members/a1?onlyIfLost=true')).toEqual({ status: 204, text: '' });
  expect(await ask('PUT', '/members/a1', NEW)).toEqual({ status: 204, text: '' });
  expect(asked).toEqual([
    ['add', ['https://c:1']],
    ['remove', 'a1', { onlyIfLost: true }],
    ['update', 'a1', ['https://c:1']],
  ]);
});

test('a member that runs is not removed, whatever the request says', async () => {
  await ask('DELETE', '/members/a1?onlyIfLost=false');
  await ask('DELETE', '/members/a1');
  expect(asked).toEqual(Array(2).fill(['remove', 'a1', { onlyIfLost: true }]));
});

describe.each([
  ['no certificate is asked for', NOTHING],
  ['any certificate of the CA will do, which clients have too', ANY_OF_THE_CA],
])('where %s', (_, demanded) => {
  test.each([
    ['POST', '/members'],
    ['DELETE', '/members/a1'],
    ['PUT', '/members/a1'],
    ['GET', '/members/a1'],
  ])('%s %s is for nobody', async (method, path) => {
    demand = demanded;
    const { status, text } = await ask(method, path, NEW);
    expect([status, text]).toEqual([403, expect.stringContaining('--peer-cert-allowed-cn')]);
    expect(asked).toEqual([]);
  });
});

test('everybody may look at the list', async () => {
  demand = NOTHING;
  expect((await ask('GET', '/members')).status).toBe(200);
});

test('one that was added when the answer was lost is found again; a member that was started is not', async () => {
  failure = new MembershipError('peerURLExists');
  expect(await ask('POST', '/members', { peerURLs: ['https://b:1'] })).toEqual({ status: 201, text: '{"id":"b2"}\n' });
  expect((await ask('POST', '/members', { peerURLs: ['https://a:1'] })).status).toBe(409);
});

test.each([
  [new MembershipError('removed'), 410],
  [new MembershipError('notFound'), 410],
  [new MembershipError('running'), 409],
  [new MembershipError('tooManyLearners'), 409],
  [new MembershipError('unhealthy'), 503],
  [new MembershipError('lastMember'), 503],
  [new MemberError('noLeader', 'there is no leader'), 503],
])('%s is said with a status of its own', async (error, status) => {
  failure = error;
  expect((await ask('DELETE', '/members/a1')).status).toBe(status);
  expect(unexpected).toEqual([]);
});

test('what nobody foresaw is logged, not told', async () => {
  failure = new Error('a secret');
  expect(await ask('DELETE', '/members/a1')).toMatchObject({
    status: 500,
    text: expect.not.stringContaining('secret'),
  });
  expect(unexpected).toEqual([failure]);
});

test.each([
  ['DELETE', '/members/no-id', undefined, 400],
  ['PUT', '/members', NEW, 405],
  ['PATCH', '/members/a1', NEW, 405],
  ['POST', '/members', { peerURLs: ['nonsense'] }, 400],
  ['POST', '/members', { peerURLs: [`https://${'a'.repeat(70_000)}:1`] }, 413],
  ['PUT', '/members/a1', {}, 400],
])('%s %s is refused', async (method, path, body, status) => {
  expect((await ask(method, path, body)).status).toBe(status);
  expect(asked).toEqual([]);
});
