import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { filesDial } from '../../../src/ctl/filesDial';
import { examine } from '../../../src/ctl/doctor/examine';
import { dialTcp } from '../../../src/platform/dial';
import { FakeServer } from '../../client/fakeServer';
import { makePki } from '../../tls/support/pki';

const server = new FakeServer();
beforeAll(() => server.start());
afterAll(() => {
  server.stop();
});

/** The member of this id answers, and lists these. */
function answerAs(id: string, members: readonly object[]): void {
  server.answer = ({ url }) => {
    switch (url) {
      case '/v2/members':
        return { body: { members } };
      case '/v2/stats/self':
        return { body: { id, name: 'node1', leaderInfo: { leader: id } } };
      case '/version':
        return { body: { etcdserver: '2.3.8', etcdcluster: '2.3.0' } };
      case '/health':
        return { body: { health: 'true' } };
      default:
        return { status: 404, body: '' };
    }
  };
}

test('a client URL that leads to another member says nothing of the one that publishes it', async () => {
  const member = (id: string, name: string) => ({
    id,
    name,
    peerURLs: ['http://127.0.0.1:1'],
    clientURLs: [server.url],
  });
  answerAs('a1', [member('a1', 'node1'), member('b2', 'node2')]);
  const { members } = await examine({ url: server.url, dial: dialTcp, timeoutMs: 5000 });
  expect(members.map(({ answering }) => answering?.leader)).toEqual(['a1', undefined]);
  expect(members[1]?.failure).toContain(`${server.url} leads to another member, a1`);
});

test('one URL that answers is enough, whatever is not known here of another', async () => {
  const pki = await makePki();
  const { certificate, key } = await pki.issue('member');
  const secure = createServer({ cert: certificate, key }, (_, response) => response.end('{}'));
  secure.on('tlsClientError', () => undefined);
  await new Promise<void>((listening) => secure.listen(0, '127.0.0.1', listening));
  const first = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
  answerAs('a1', [{ id: 'a1', name: 'node1', peerURLs: ['http://127.0.0.1:1'], clientURLs: [first, server.url] }]);
  try {
    const { members } = await examine({ url: server.url, dial: await filesDial({}), timeoutMs: 5000 });
    expect(members.map(({ answering, failure, isUnasked }) => [answering?.url, failure, isUnasked])).toEqual([
      [server.url, '', false],
    ]);
  } finally {
    secure.closeAllConnections();
    secure.close();
    pki.remove();
  }
});

test.each(['a CA that is not known here', 'a certificate that it demands'])(
  '%s says nothing of the member',
  async (what) => {
    const pki = await makePki();
    const { certificate, key } = await pki.issue('member');
    const isDemanding = what.startsWith('a certificate');
    const secure = createServer(
      { cert: certificate, key, ca: pki.ca.certificate, requestCert: isDemanding, rejectUnauthorized: isDemanding },
      (_, response) => response.end('{}'),
    );
    secure.on('tlsClientError', () => undefined);
    await new Promise<void>((listening) => secure.listen(0, '127.0.0.1', listening));
    const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    const listed = (id: string, clientURLs: string[]) => ({ id, name: id, peerURLs: [], clientURLs });
    server.answer = () => ({ body: { members: [listed('a1', [url]), listed('b2', ['http://127.0.0.1:1'])] } });
    try {
      const dial = await filesDial(isDemanding ? { authorities: { option: '--ca-file', path: pki.caFile } } : {});
      const { members } = await examine({ url: server.url, dial, timeoutMs: 5000 });
      expect(members.map(({ answering, isUnasked }) => [answering, isUnasked])).toEqual([
        [undefined, true],
        [undefined, false],
      ]);
    } finally {
      secure.closeAllConnections();
      secure.close();
      pki.remove();
    }
  },
);
