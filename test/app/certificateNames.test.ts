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

function urls(client: string, peer: string, peerCertAllowedCn: readonly string[] = []) {
  const endpoint = (text: string) => {
    const parsed = parseEndpoint(text, 'advertise');
    if (!parsed.ok) throw new Error(text);
    return [parsed.value];
  };
  return { advertiseClientUrls: endpoint(client), initialAdvertisePeerUrls: endpoint(peer), peerCertAllowedCn };
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
  const named = urls('https://m1.cairn.svc:2379', 'https://10.0.0.1:2380', ['m2', 'm3']);
  const [doubt, ...more] = doubtsOfNames(named, { client: pem, peer: pem });
  expect(doubt).toMatch(
    /^--peer-cert-allowed-cn is m2, m3, and the certificate of --peer-cert-file has the common name "m1": /,
  );
  expect(more).toEqual([]);
});

test('plain URLs, no certificate, and members known by common names are not looked at', () => {
  const wrong = urls('http://m1:2379', 'https://m1:2380', ['m1']);
  expect(doubtsOfNames(wrong, { client: pem, peer: pem })).toEqual([]);
  expect(doubtsOfNames(urls('https://x:1', 'https://x:2'), { client: undefined, peer: undefined })).toEqual([]);
});
