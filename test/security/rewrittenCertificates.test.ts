/** Files of certificates that are written again and again, half, swapped, emptied or removed: what is in use always is whole, and fits. */
import { rmSync, writeFileSync } from 'node:fs';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { filesOf, openTlsPort, type TlsPort } from '../tls/support/tlsPort';

let pki: Pki;
let pairs: readonly CertificateFiles[];
let alice: CertificateFiles;
let port: TlsPort;
let certFile: string;
let keyFile: string;

beforeAll(async () => {
  pki = await makePki();
  pairs = await Promise.all(['one', 'two', 'three'].map((name) => pki.issue(name)));
  alice = await pki.issue('alice');
  certFile = pki.write('used.crt', pairs[0]!.certificate);
  keyFile = pki.write('used.key', pairs[0]!.key);
  port = await openTlsPort(filesOf({ certFile, keyFile }, pki));
});

afterAll(async () => {
  await port.close();
  pki.remove();
});

function put(certificate: string, key: string): void {
  writeFileSync(certFile, certificate);
  writeFileSync(keyFile, key, { mode: 0o600 });
}

type Pair = Pick<CertificateFiles, 'certificate' | 'key'>;
const damages: readonly ((one: Pair, other: Pair) => void)[] = [
  (one) => put(one.certificate.slice(0, 300), one.key),
  (one) => put(one.certificate, one.key.slice(0, 100)),
  (one, other) => put(one.certificate, other.key),
  (one) => put(one.key, one.certificate),
  () => put('', ''),
  (one, other) => put(other.certificate + one.certificate, one.key),
  () => rmSync(certFile),
  () => rmSync(keyFile),
  (one) => put(one.certificate, one.key),
];

test('clients are served all the while, and by the last pair in the end', async () => {
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      await port.credentials.look();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  const heard = new Set<string>();
  for (let round = 0; round < 9 * damages.length; round++) {
    damages[round % damages.length]!(pairs[round % 3]!, pairs[(round + 1) % 3]!);
    if (round % 3 === 0) heard.add((await port.ask({ cert: alice.certificate, key: alice.key })).text);
    else await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const last = await pki.issue('last');
  put(last.certificate, last.key);
  isOver = true;
  await looking;
  await port.credentials.look();
  heard.add((await port.ask({ cert: alice.certificate, key: alice.key })).text);
  expect([...heard]).toEqual(['served alice']);
  expect(port.credentials.current.pem.cert?.toString()).toBe(last.certificate);
});
