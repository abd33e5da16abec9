/**
 * etcd (2026): the list of revoked certificates was not looked at by listeners that were set up another way than the first. Here each
 * listener of a member has to refuse a revoked certificate: two for clients, the metrics port and the peer port, of which none was
 * the first to be tested.
 */
import { request } from 'node:https';
import { stablePort } from '../support/ports';
import { freePlace, startInProcess, type InProcess } from '../support/inProcess';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';

let pki: Pki;
let member: InProcess;
let ports: readonly (readonly [name: string, port: number, path: string])[];
let good: CertificateFiles;
let revoked: CertificateFiles;

beforeAll(async () => {
  pki = await makePki();
  const server = await pki.issue('server');
  [good, revoked] = await Promise.all([pki.issue('good'), pki.issue('revoked')]);
  const crl = await pki.revoke([revoked.certificate]);
  const place = await freePlace();
  const [second, metrics] = [await stablePort(), await stablePort()];
  const url = (port: number): string => `https://127.0.0.1:${port}`;
  ports = [
    ['client', place.port, '/version'],
    ['second client', second, '/version'],
    ['metrics', metrics, '/version'],
    ['peer', place.peerPort, '/version'],
  ];
  member = await startInProcess(
    'all',
    [
      ...[`--listen-client-urls=${url(place.port)},${url(second)}`, `--advertise-client-urls=${url(place.port)}`],
      ...[`--listen-peer-urls=${url(place.peerPort)}`, `--initial-advertise-peer-urls=${url(place.peerPort)}`],
      `--listen-metrics-urls=${url(metrics)}`,
      ...[`--cert-file=${server.certFile}`, `--key-file=${server.keyFile}`, `--trusted-ca-file=${pki.caFile}`],
      ...['--client-cert-auth', `--client-crl-file=${crl}`],
      ...[`--peer-cert-file=${server.certFile}`, `--peer-key-file=${server.keyFile}`],
      ...[`--peer-trusted-ca-file=${pki.caFile}`, '--peer-client-cert-auth', `--peer-crl-file=${crl}`],
    ],
    place,
  );
});

afterAll(async () => {
  await member.stop();
  pki.remove();
});

function statusFor(port: number, path: string, { certificate, key }: CertificateFiles): Promise<number | 'refused'> {
  return new Promise((resolve) => {
    const asked = request(
      { host: '127.0.0.1', port, path, ca: pki.ca.certificate, cert: certificate, key, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    asked.on('error', () => {
      resolve('refused');
    });
    asked.end();
  });
}

test('every listener refuses a revoked certificate', async () => {
  const answers = await Promise.all(
    ports.map(async ([name, port, path]) => [
      name,
      await statusFor(port, path, good),
      await statusFor(port, path, revoked),
    ]),
  );
  expect(answers).toEqual(ports.map(([name]) => [name, 200, 'refused']));
});
