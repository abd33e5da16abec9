/** A newcomer whose certificate the running cluster refuses waits, and says why: it must not found a cluster of its own. */
import { beginFromJoinUrls } from '../../src/discovery/joinUrls';
import { fetchMembers } from '../../src/peer/fetchMembers';
import { RealClock } from '../../src/platform/realClock';
import { tlsDial } from '../../src/tls/dial';
import { openDialMaterial } from '../../src/tls/dialMaterial';
import type { TlsSide } from '../../src/tls/side';
import { joiner } from '../discovery/joiner';
import { makePki, type CertificateFiles, type Pki } from './support/pki';
import { openTlsPort, tlsSideOf, type TlsPort } from './support/tlsPort';

let pki: Pki;
let other: Pki;
let bothFile: string;
let server: CertificateFiles;
let port: TlsPort;

beforeAll(async () => {
  [pki, other] = await Promise.all([makePki(), makePki('Other CA')]);
  bothFile = pki.write('both.crt', pki.ca.certificate + other.ca.certificate);
  server = await pki.issue('member');
});

afterEach(() => port.close());

afterAll(() => {
  pki.remove();
  other.remove();
});

function sideOf(own: CertificateFiles, caFile: string, maxVersion: '' | 'TLS1.2' = ''): TlsSide {
  const files = {
    certificate: { option: '--peer-cert-file', path: own.certFile },
    key: { option: '--peer-key-file', path: own.keyFile },
    authorities: { option: '--peer-trusted-ca-file', path: caFile },
  };
  return tlsSideOf(files, { name: 'peer', protocol: { minVersion: 'TLS1.2', maxVersion, cipherSuites: [] } });
}

/** What it says while it waits; rejects if it does not. */
async function whatItSays(own: CertificateFiles, maxVersion: '' | 'TLS1.2' = ''): Promise<string> {
  const silent = { info: () => undefined, warn: () => undefined };
  const newcomer = joiner('d', 'token');
  const material = await openDialMaterial(sideOf(own, bothFile, maxVersion), {
    clock: new RealClock(),
    log: silent,
  });
  const dial = tlsDial(material);
  const beginning = beginFromJoinUrls({
    ...newcomer.options,
    urls: [`https://127.0.0.1:${port.port}`],
    foundation: undefined,
    fetchMembers: (url) => fetchMembers(url, 2000, dial),
  });
  const ended = beginning.then(
    (found) => {
      throw new Error(`it went on: ${JSON.stringify(found)}`);
    },
    () => undefined,
  );
  const said = (): string | undefined => newcomer.lines.find((line) => line.includes('waiting for one of them'));
  const line = (async () => {
    for (;;) {
      const found = said();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const found = await Promise.race([line, ended]);
  newcomer.stop.abort(new Error('the test is over'));
  await ended;
  return found ?? 'nothing';
}

describe.each([
  ['TLS 1.3', ''],
  ['TLS 1.2', 'TLS1.2'],
] as const)('over %s', (_name, version) => {
  it.each([
    ['is of a CA that the cluster does not trust', () => other.issue('node4'), [], /"node4", signed by "CN=Other CA"/],
    ['has no common name that is allowed', () => pki.issue('node4'), ['member'], /"node4", signed by "CN=Test CA"/],
    ['is not for clients', () => pki.issue('node4', { onlyFor: 'serverAuth' }), [], /"node4", signed by "CN=Test CA"/],
  ] as const)('one whose certificate %s', async (_what, issue, allowedCommonNames, which) => {
    const own = await issue();
    port = await openTlsPort(sideOf(server, pki.caFile).files, { name: 'peer', allowedCommonNames });
    const said = await whatItSays(own, version);
    expect(said).toMatch(/most likely it refuses our certificate/);
    expect(said).toMatch(which);
    expect(said).toContain(`--peer-cert-file ${JSON.stringify(own.certFile)}`);
    expect(port.lines.join()).toMatch(/TLS at the peer port: /);
  });
});
