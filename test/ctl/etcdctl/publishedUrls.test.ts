/** Members say themselves where they are: not everywhere may who asks them go, and not everything is a URL. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { doctor } from '../../../src/ctl/doctor/doctor';
import { FakeServer } from '../../client/fakeServer';
import { makePki, type Pki } from '../../tls/support/pki';
import { captureOutput } from '../output';
import { runCtl, type CtlOutcome } from './inProcess';

const EVENT = JSON.stringify({ action: 'get', node: { key: '/x', value: '1' } });
const NO_URLS = ['no url', 'http://', 'http://127.0.0.1:99999', 'ftp://127.0.0.1:1', 'javascript:alert(1)'];

function listOf(...clientURLs: readonly string[]): string {
  return JSON.stringify({ members: [{ id: 'a', name: 'one', peerURLs: [], clientURLs }] });
}

describe('from https to http', () => {
  const plain = new FakeServer();
  let pki: Pki;
  let secure: Server;
  let url = '';
  let members = '';
  let authorizations: unknown[] = [];
  let asked: string[] = [];

  beforeAll(async () => {
    await plain.start();
    plain.answer = (_, { authorization }) => {
      authorizations.push(authorization);
      return { body: EVENT };
    };
    pki = await makePki();
    const { certificate, key } = await pki.issue('member');
    secure = createServer({ cert: certificate, key }, (request, response) => {
      asked.push(request.url ?? '');
      response.end(request.url === '/v2/members' ? members : EVENT);
    });
    await new Promise<void>((listening) => secure.listen(0, '127.0.0.1', listening));
    url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    plain.stop();
    secure.closeAllConnections();
    secure.close();
    pki.remove();
  });
  beforeEach(() => {
    authorizations = [];
    asked = [];
  });

  const ctl = (...args: string[]): Promise<CtlOutcome> =>
    runCtl(['--endpoints', url, '--ca-file', pki.caFile, '-u', 'root:geheim', ...args]);

  it('nobody goes, and no password does: the given endpoint is asked on', async () => {
    members = listOf(plain.url);
    expect(await ctl('get', '/x')).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    expect([authorizations, asked.length]).toEqual([[], 2]);
  });

  it('of several URLs the encrypted ones are asked', async () => {
    members = listOf(plain.url, url);
    for (let turn = 0; turn < 5; turn++) expect((await ctl('get', '/x')).code).toBe(0);
    expect(authorizations).toEqual([]);
  });

  it('top neither', async () => {
    members = listOf(plain.url);
    const { code, stdout } = await ctl('top', '-n', '1', '-i', '100ms');
    expect([code, stdout, authorizations]).toEqual([0, expect.stringContaining('0 of 1 members answer'), []]);
  });
});

describe('what is no URL', () => {
  const server = new FakeServer();
  const output = captureOutput();
  beforeAll(() => server.start());
  afterAll(() => {
    server.stop();
  });
  const publish = (...urls: readonly string[]): void => {
    server.answer = ({ url }) => ({ body: url === '/v2/members' ? listOf(...urls) : EVENT });
  };
  const ctl = (...args: string[]): Promise<CtlOutcome> => runCtl(['--endpoints', server.url, ...args]);

  it.each(NO_URLS)('%s is passed over, and not called well', async (text) => {
    publish(text);
    expect(await ctl('get', '/x')).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    const health = await ctl('cluster-health');
    expect([health.code, health.stderr]).toEqual([5, '']);
    expect(health.stdout).toContain('member a is unreachable');
    expect((await ctl('top', '-n', '1', '-i', '100ms')).stdout).toContain('0 of 1 members answer');
    expect(await doctor(['--url', server.url])).toBe(1);
    expect(output.text()).toMatch(/error +members +one does not answer: /);
    expect(output.text()).not.toMatch(/^ok +(leader|metrics|versions|member lists)/m);
  });

  it('beside one that is, does no harm', async () => {
    publish('no url', server.url);
    for (let turn = 0; turn < 5; turn++) expect((await ctl('get', '/x')).code).toBe(0);
  });

  it('a list that is longer than any cluster asks nobody', async () => {
    server.answer = () => ({ body: { members: Array.from({ length: 5000 }, () => ({ id: 'a', name: 'a' })) } });
    expect((await ctl('cluster-health')).code).toBe(4);
    expect(await doctor(['--url', server.url])).toBe(1);
    expect(output.text()).toContain('more than 1000 members');
    server.answer = () => ({ body: { members: [] } });
    expect(await doctor(['--url', server.url])).toBe(1);
    expect(output.text()).toContain('lists no members at all');
  });
});
