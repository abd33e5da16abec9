/** Who resumes a session is not verified again: it must not outlive what was verified when it began. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dial } from '../../src/platform/dial';
import { RealClock } from '../../src/platform/realClock';
import { tlsDial } from '../../src/tls/dial';
import { openDialMaterial } from '../../src/tls/dialMaterial';
import type { TlsFiles } from '../../src/tls/files';
import { chainEndMs, nextEndMs } from '../../src/tls/sessionEnd';
import { makePki, type CertificateFiles, type Pki } from './support/pki';
import { filesOf, openTlsPort, tlsSideOf, type Heard, type TlsPort } from './support/tlsPort';

/** Long enough for what has to come before, on a machine that is busy; times in certificates are whole seconds. */
const LIFE_MS = 4000;
const DAY_MS = 86_400_000;
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

let pki: Pki;
let server: CertificateFiles;
let alice: CertificateFiles;
let port: TlsPort | undefined;

beforeAll(async () => {
  pki = await makePki();
  [server, alice] = await Promise.all([pki.issue('server'), pki.issue('alice')]);
});

afterEach(async () => {
  await port?.close();
  port = undefined;
});

afterAll(() => {
  pki.remove();
});

const soonOver = (name: string): Promise<CertificateFiles> =>
  pki.issue(name, { years: 0, nowMs: Date.now() + LIFE_MS });
const past = (): Promise<unknown> => sleep(LIFE_MS + 1500);
const revoked = (path: string): TlsFiles => ({ revoked: { option: '--client-crl-file', path } });

describe.each(VERSIONS)('with %s a session of a client', (maxVersion) => {
  const ask = (at: TlsPort, { certificate, key }: CertificateFiles, from?: Heard): Promise<Heard> => {
    const session = from?.session;
    return at.ask({ cert: certificate, key, maxVersion, ...(session === undefined ? {} : { session }) });
  };

  it('ends with its certificate, and those of others begin anew', async () => {
    port = await openTlsPort(filesOf(server, pki));
    const brief = await soonOver('brief');
    const [first, other] = await Promise.all([ask(port, brief), ask(port, alice)]);
    const resumed = await ask(port, brief, first);
    expect([resumed.isResumed, resumed.text]).toEqual([true, 'served brief']);
    await past();
    expect((await ask(port, brief, first)).text).toMatch(/^refused/);
    expect(port.lines).toEqual([expect.stringMatching(/the certificate of the client, or a CA of it, has expired/)]);
    const anew = await ask(port, alice, other);
    expect([anew.isResumed, anew.text]).toEqual([false, 'served alice']);
    expect((await ask(port, alice, anew)).isResumed).toBe(true);
  });

  it('ends with the list of revoked certificates', async () => {
    const list = await pki.revoke([], LIFE_MS / DAY_MS);
    port = await openTlsPort({ ...filesOf(server, pki), ...revoked(list) });
    const first = await ask(port, alice);
    expect((await ask(port, alice, first)).isResumed).toBe(true);
    await past();
    expect((await ask(port, alice, first)).text).toMatch(/^refused/);
    expect(port.lines.at(-1)).toMatch(/the list of revoked certificates of the CA of the client is out of date/);
  });
});

describe.each(VERSIONS)('with %s a session of who dials', (maxVersion) => {
  const dialOf = async (more: TlsFiles = {}): Promise<Dial> => {
    const side = tlsSideOf({ authorities: { option: '--trusted-ca-file', path: pki.caFile }, ...more });
    const log = { info: () => undefined, warn: () => undefined } as never;
    return tlsDial(await openDialMaterial(side, { clock: new RealClock(), log }));
  };
  const open = (shown: CertificateFiles): Promise<TlsPort> =>
    openTlsPort(filesOf(shown, pki), {
      certificatesDemanded: false,
      protocol: { minVersion: 'TLS1.2', maxVersion: maxVersion === 'TLSv1.2' ? 'TLS1.2' : '', cipherSuites: [] },
    });
  /** Whether it was resumed, or why there is no connection. */
  const tryOnce = async (dial: Dial): Promise<boolean | string> => {
    const socket = dial(new URL(`https://127.0.0.1:${port?.port ?? 0}`));
    let heard: boolean | string = 'closed';
    socket.on('secureConnect', () => (heard = (socket as unknown as { isSessionReused(): boolean }).isSessionReused()));
    socket.on('error', ({ message }) => (heard = message));
    socket.on('end', () => socket.end());
    socket.resume();
    await new Promise((resolve) => socket.on('close', resolve));
    return heard;
  };

  it('ends with the certificate of the other side', async () => {
    port = await open(await soonOver('brief'));
    const dial = await dialOf();
    expect([await tryOnce(dial), await tryOnce(dial), await tryOnce(dial)]).toEqual([false, true, true]);
    await past();
    expect(await tryOnce(dial)).toMatch(/has expired; renew it/);
  });

  it('ends with the list of revoked certificates', async () => {
    port = await open(server);
    const dial = await dialOf(revoked(await pki.revoke([], LIFE_MS / DAY_MS)));
    expect([await tryOnce(dial), await tryOnce(dial)]).toEqual([false, true]);
    await past();
    expect(await tryOnce(dial)).toMatch(/the CRL of the CA that signed its certificate has expired/);
  });
});

test('the first end of a chain counts, and nothing shown has none', () => {
  const root: Record<string, unknown> = { valid_to: 'Jan  1 00:00:00 2031 GMT' };
  root['issuerCertificate'] = root;
  const between = { valid_to: 'Jan  1 00:00:00 2030 GMT', issuerCertificate: root };
  const leaf = { valid_to: 'Jan  1 00:00:00 2032 GMT', issuerCertificate: between };
  expect(chainEndMs({ getPeerCertificate: () => leaf } as never)).toBe(Date.UTC(2030, 0));
  expect(chainEndMs({ getPeerCertificate: () => ({}) } as never)).toBe(Infinity);
});

test('of lists the next to end counts: what was past already had nothing to do with it', () => {
  expect(nextEndMs([10, 40, 30, Infinity], 20)).toBe(30);
  expect(nextEndMs([], 20)).toBe(Infinity);
});
