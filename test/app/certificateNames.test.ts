import { doubtsOfNames } from '../../src/app/certificateNames';
import { parseEndpoint } from '../../src/config/urls';
import { makePki, type Pki } from '../tls/support/pki';

let pki: Pki;
let pem: string;
beforeAll(async () => {
  pki = await makePki();
  pem = (await pki.issue('m1', { hosts: ['*.cairn.svc', '10.0.0.1'] })).certificate;
});
afterAll(() => pki.remove());

interface Listed {
  readonly clientCertAllowedHostname?: readonly string[];
  readonly peerCertAllowedCn?: readonly string[];
  readonly peerCertAllowedHostname?: readonly string[];
  readonly peerTrustedCaFile?: string;
  readonly discoverySrv?: string;
}

function urls(client: string, peer: string, listed: Listed = {}) {
  const endpoint = (text: string) => {
    const parsed = parseEndpoint(text, 'advertise');
    if (!parsed.ok) throw new Error(text);
    return [parsed.value];
  };
  return {
    ...{ clientCertAllowedHostname: [], peerCertAllowedCn: [], peerCertAllowedHostname: [] },
    ...{ peerTrustedCaFile: 'ca.crt', discoverySrv: '' },
    ...{ advertiseClientUrls: endpoint(client), initialAdvertisePeerUrls: endpoint(peer) },
    ...listed,
  };
}

test('names, patterns and addresses that the certificate has are no doubt', () => {
  const fine = urls('https://m1.cairn.svc:2379', 'https://10.0.0.1:2380');
  expect(doubtsOfNames(fine, { client: pem, peer: pem })).toEqual([]);
});

test('what it does not have is said, with what to do; a common name is no name of a host', () => {
  const wrong = urls('https://m1:2379', 'https://10.0.0.2:2380');
  const [client, peer] = doubtsOfNames(wrong, { client: pem, peer: pem });
  expect(client).toMatch(
    /^--advertise-client-urls has m1, and the certificate of --cert-file is not for that \(its names: DNS:\*\.cairn\.svc, IP/,
  );
  expect(client).toContain('make one with these names, or correct the URLs');
  expect(peer).toMatch(
    /^--initial-advertise-peer-urls has 10\.0\.0\.2, .+ other members that verify it will refuse it/,
  );
});

test('a common name that other members would not let in is said', () => {
  const named = urls('https://m1.cairn.svc:2379', 'https://10.0.0.1:2380', { peerCertAllowedCn: ['m2', 'm3'] });
  const [doubt, ...more] = doubtsOfNames(named, { client: pem, peer: pem });
  expect(doubt).toMatch(
    /^--peer-cert-allowed-cn is m2, m3, and the certificate of --peer-cert-file has the common name "m1": /,
  );
  expect(more).toEqual([]);
});

test('a name that other members ask for and that none of its own is, is said', () => {
  const named = urls('https://m1.cairn.svc:2379', 'https://10.0.0.1:2380', {
    peerCertAllowedHostname: ['members.example', 'others.example'],
  });
  const [doubt, ...more] = doubtsOfNames(named, { client: pem, peer: pem });
  expect(doubt).toMatch(
    /^--peer-cert-allowed-hostname is members\.example, others\.example, and the certificate of --peer-cert-file is not for that \(its names: DNS:\*\.cairn\.svc, IP.*\): other members with the same option will refuse it; make one with one of these names/,
  );
  expect(more).toEqual([]);
});

test('so is a domain by which members are known, but where their CA is given', () => {
  const known = { discoverySrv: 'example.org.' };
  const srv = urls('https://m1.cairn.svc:2379', 'https://m1:2380', { ...known, peerTrustedCaFile: '' });
  expect(doubtsOfNames(srv, { client: pem, peer: pem })).toEqual([
    expect.stringMatching(
      /known by --discovery-srv, which is example\.org, and the certificate of --peer-cert-file is not/,
    ),
  ]);
  const withCa = urls('https://m1.cairn.svc:2379', 'https://10.0.0.1:2380', known);
  expect(doubtsOfNames(withCa, { client: pem, peer: pem })).toEqual([]);
});

test('so is what clients have to be, where the member shows its certificate as a client', async () => {
  const listed = urls('https://m1.cairn.svc:2379', 'https://10.0.0.1:2380', {
    clientCertAllowedHostname: ['apps.example'],
  });
  expect(doubtsOfNames(listed, { client: pem, peer: pem })).toEqual([
    expect.stringMatching(
      /^--client-cert-allowed-hostname is apps\.example, and the certificate of --cert-file is not for that .*: members that join, and cairn healthcheck/,
    ),
  ]);
  const serverOnly = await pki.issue('server', { hosts: ['*.cairn.svc'], onlyFor: 'serverAuth' });
  expect(doubtsOfNames(listed, { client: serverOnly.certificate, peer: pem })).toEqual([]);
});

test('plain URLs, no certificate, and the URLs of members that are known by listed names are not looked at', () => {
  for (const listed of [{ peerCertAllowedCn: ['m1'] }, { peerCertAllowedHostname: ['x.example', 'm7.cairn.svc'] }]) {
    const wrong = urls('http://m1:2379', 'https://m1:2380', listed);
    expect(doubtsOfNames(wrong, { client: pem, peer: pem })).toEqual([]);
  }
  expect(doubtsOfNames(urls('https://x:1', 'https://x:2'), { client: undefined, peer: undefined })).toEqual([]);
});
