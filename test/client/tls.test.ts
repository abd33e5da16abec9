/** https with certificates of either side, and what is not to be believed. */
import { readFileSync } from 'node:fs';
import { createClient, UnreachableError, type Client, type TlsOptions } from '../../src/client';
import { Endpoints } from '../../src/client/transport/endpoints';
import { redirectOf } from '../../src/platform/redirects';
import { freePlace, startInProcess, type InProcess } from '../support/inProcess';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { FakeServer } from './fakeServer';

describe('a client over TLS', () => {
  let pki: Pki;
  let stranger: Pki;
  let own: CertificateFiles;
  let member: InProcess;
  let url = '';
  const clients: Client[] = [];

  beforeAll(async () => {
    [pki, stranger] = await Promise.all([makePki(), makePki('Stranger')]);
    const server = await pki.issue('server');
    own = await pki.issue('alice');
    const place = await freePlace();
    url = `https://127.0.0.1:${place.port}`;
    member = await startInProcess(
      'all',
      [
        ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
        ...[`--cert-file=${server.certFile}`, `--key-file=${server.keyFile}`],
        ...[`--trusted-ca-file=${pki.caFile}`, '--client-cert-auth'],
      ],
      place,
    );
  });

  afterAll(async () => {
    await member.stop();
    pki.remove();
    stranger.remove();
  });

  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });

  function clientWith(tls: TlsOptions): Client {
    const client = createClient({ endpoints: url, tls, timeoutMs: 5000, roundsMax: 1 });
    clients.push(client);
    return client;
  }

  function identity(): TlsOptions {
    return { ca: readFileSync(pki.caFile), cert: readFileSync(own.certFile), key: readFileSync(own.keyFile) };
  }

  it('shows its certificate and keeps its connection', async () => {
    const client = clientWith(identity());
    await client.keys.set('/k', '1');
    expect((await client.keys.get('/k')).node.value).toBe('1');
    expect(await client.discover()).toEqual([url]);
    const watch = client.watch('/k');
    await watch.ready();
    await client.keys.set('/k', '2');
    expect((await watch.next()).value?.node.value).toBe('2');
  });

  it('believes nobody whose certificate others signed, or that has another name, and sends them nothing', async () => {
    const others = clientWith({ ...identity(), ca: readFileSync(stranger.caFile) });
    const error = await others.keys.set('/k', '3').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({ maybeCarriedOut: false });
    const named = clientWith({ ...identity(), servername: 'elsewhere.example' });
    await expect(named.keys.set('/k', '3')).rejects.toThrow(/elsewhere\.example/);
    expect((await clientWith({ ...identity(), rejectUnauthorized: false }).keys.get('/k')).node.value).toBe('2');
  });

  it('says so when it has no certificate, or speaks TLS to who does not', async () => {
    await expect(clientWith({ ca: readFileSync(pki.caFile) }).keys.get('/k')).rejects.toMatchObject({
      kind: 'unreachable',
    });
    const plain = new FakeServer();
    await plain.start();
    const client = createClient({ endpoints: plain.url.replace('http:', 'https:'), timeoutMs: 2000, roundsMax: 1 });
    clients.push(client);
    await expect(client.keys.set('/k', '1')).rejects.toMatchObject({ kind: 'unreachable', maybeCarriedOut: false });
    plain.stop();
    expect(() => createClient({ endpoints: url, tls: { key: 'no key', cert: 'no certificate' } })).toThrow();
  });

  it('learns no endpoint, and follows no answer, that is not encrypted', async () => {
    const client = clientWith(identity());
    const { clientURLs } = (await client.members.list())[0] ?? { clientURLs: [] };
    expect(clientURLs).toEqual([url]);
    const endpoints = new Endpoints([url], undefined);
    endpoints.learn(['http://127.0.0.1:1', 'https://127.0.0.1:2']);
    expect(endpoints.origins).toEqual([url, 'https://127.0.0.1:2']);
    expect(() => redirectOf(new URL(url), 307, { location: 'http://127.0.0.1:1/' })).toThrow(/not encrypted/);
  });

  it('tells who speaks http to it what is wrong', async () => {
    const client = createClient({ endpoints: url.replace('https:', 'http:'), timeoutMs: 2000, roundsMax: 1 });
    clients.push(client);
    await expect(client.keys.get('/k')).rejects.toThrow(/speaks TLS there|https|closed|reset/);
  });
});
