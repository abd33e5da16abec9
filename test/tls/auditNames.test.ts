/** The audit log says whose certificate a connection showed: on the peer port there is no other name. */
import { readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../api/apiUnderTest';
import { freePlace, startInProcess, type InProcess } from '../support/inProcess';
import { makePki, type CertificateFiles, type Pki } from './support/pki';

const file = join(tmpdir(), `cairn-audit-names-${process.pid}.log`);

let pki: Pki;
let own: CertificateFiles;
let alice: CertificateFiles;
let member: InProcess;

beforeAll(async () => {
  pki = await makePki();
  [own, alice] = await Promise.all([pki.issue('member'), pki.issue('alice')]);
  const place = await freePlace();
  const [url, peerUrl] = [`https://127.0.0.1:${place.port}`, `https://127.0.0.1:${place.peerPort}`];
  member = await startInProcess(
    'all',
    [
      ...[`--audit-log=${file}`, `--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
      ...[`--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`],
      ...[`--initial-cluster=default=${peerUrl}`, `--cert-file=${own.certFile}`, `--key-file=${own.keyFile}`],
      ...[`--trusted-ca-file=${pki.caFile}`, '--client-cert-auth'],
      ...[`--peer-cert-file=${own.certFile}`, `--peer-key-file=${own.keyFile}`],
      ...[`--peer-trusted-ca-file=${pki.caFile}`, '--peer-client-cert-auth', '--peer-cert-allowed-cn=member'],
    ],
    place,
  );
});

afterAll(async () => {
  await member.stop();
  pki.remove();
  rmSync(file, { force: true });
});

function ask(url: string, method: string, { certificate: cert, key }: CertificateFiles): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, ca: pki.ca.certificate, cert, key, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}

function lines(): readonly Record<string, unknown>[] {
  const texts = readFileSync(file, 'utf8').split('\n');
  return texts.filter((text) => text !== '').map((text) => JSON.parse(text) as Record<string, unknown>);
}

test('on the peer port and on the client port', async () => {
  const { port, peerPort } = { port: member.port, peerPort: new URL(member.peerUrl).port };
  expect(await ask(`https://127.0.0.1:${peerPort}/members/7`, 'DELETE', own)).toBe(410);
  expect(await ask(`https://127.0.0.1:${port}/v2/keys/a`, 'PUT', alice)).toBe(201);
  await until(() => lines().length >= 2);
  expect(lines()).toMatchObject([
    { port: 'peer', method: 'DELETE', path: '/members/7', certificate: 'member', status: 410 },
    { port: 'client', method: 'PUT', key: '/a', certificate: 'alice', status: 201 },
  ]);
});
