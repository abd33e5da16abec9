/** TOB-009, TOB-016 (insecure by default, and silent about it): a member says at its start of each port that is open what that means. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientExposures, exposures } from '../../src/app/exposure';
import { areCasShared } from '../../src/app/sharedCas';
import { configurationOf } from '../config/support';

function linesOf(...argv: string[]): readonly { readonly level: 'info' | 'warn'; readonly text: string }[] {
  return exposures(configurationOf({ argv }));
}

const PUBLIC = ['--listen-peer-urls=http://0.0.0.0:2380', '--initial-advertise-peer-urls=http://10.0.0.1:2380'];
const TLS = ['--listen-peer-urls=https://0.0.0.0:2380', '--initial-advertise-peer-urls=https://10.0.0.1:2380'];
const FILES = ['--peer-cert-file=/c', '--peer-key-file=/k'];
const DEMANDED = ['--peer-trusted-ca-file=/a', '--peer-client-cert-auth'];

test('without TLS one line says what that means and what to do', () => {
  const [line, ...more] = linesOf(...PUBLIC);
  expect(more).toMatchObject([{ level: 'info' }]);
  expect(line).toMatchObject({ level: 'warn' });
  expect(line?.text).toMatch(/^http:\/\/0\.0\.0\.0:2380: .*without TLS.*--peer-client-cert-auth/);
  expect(line?.text).not.toContain('\n');
});

test('on loopback addresses one line tells of all ports, and is no warning', () => {
  const told = (...argv: string[]) => linesOf(...argv).map(({ level, text }) => [level, text]);
  expect(told()).toEqual([
    ['info', 'the client and peer ports have no TLS; only this machine reaches them (docs/security.md)'],
  ]);
  expect(told('--listen-metrics-urls=http://127.0.0.1:2381')).toEqual([
    ['info', 'the client, peer and metrics ports have no TLS; only this machine reaches them (docs/security.md)'],
  ]);
  expect(told(...TLS, ...FILES, ...DEMANDED)).toEqual([
    ['info', 'the client port has no TLS; only this machine reaches it (docs/security.md)'],
  ]);
});

describe('a client port', () => {
  const secure = ['--listen-client-urls=https://0.0.0.0:2379', '--advertise-client-urls=https://10.0.0.1:2379'];
  const plain = ['--listen-client-urls=http://0.0.0.0:2379', '--advertise-client-urls=http://127.0.0.1:2379'];
  const files = ['--cert-file=/c', '--key-file=/k'];
  const peers = [...TLS, ...FILES, ...DEMANDED];

  test('in plain text is warned of, wherever it is advertised', () => {
    expect(linesOf(...peers, ...plain)).toMatchObject([
      { level: 'warn', text: expect.stringMatching(/^http:\/\/0\.0\.0\.0:2379: the client port is without TLS: /) },
    ]);
  });

  test('of which one address is plain and for this machine is not', () => {
    const both = ['--listen-client-urls=https://0.0.0.0:2379,http://127.0.0.1:2378', secure[1] ?? ''];
    expect(linesOf(...peers, ...both, ...files, '--client-cert-auth', '--trusted-ca-file=/a')).toEqual([]);
  });

  test('with TLS that asks nobody for a certificate is told of', () => {
    expect(linesOf(...peers, ...secure, ...files)).toMatchObject([
      { level: 'info', text: expect.stringMatching(/^https:\/\/0\.0\.0\.0:2379: .*asks nobody for a certificate/) },
    ]);
  });

  test('of a proxy is as open as one of a member', () => {
    expect(clientExposures(configurationOf({ argv: [...plain] }))).toMatchObject([{ level: 'warn' }]);
  });
});

describe('a metrics port in plain text', () => {
  const metrics = ['--listen-metrics-urls=http://0.0.0.0:2381', ...TLS, ...FILES, ...DEMANDED];

  test('is told of, and warned of where operators use it', () => {
    const [told] = linesOf(...metrics);
    expect(told).toMatchObject({ level: 'info' });
    expect(told?.text).toMatch(/^http:\/\/0\.0\.0\.0:2381: the metrics port is without TLS/);
    const [warned] = linesOf(...metrics, '--operator-routes=metrics');
    expect(warned).toMatchObject({ level: 'warn' });
    expect(warned?.text).toContain("operators' routes");
  });
});

describe('one CA for members and clients', () => {
  const secure = [...TLS, ...FILES, ...DEMANDED];
  const warned = (...argv: string[]) =>
    exposures(configurationOf({ argv }), true).filter(({ text }) => text.includes('the CA of members'));

  test('is warned of, unless names tell them apart', () => {
    expect(warned(...secure)).toMatchObject([{ level: 'warn' }]);
    expect(warned(...secure, '--peer-cert-allowed-cn=member')).toEqual([]);
    expect(warned(...secure, '--peer-cert-allowed-hostname=member')).toEqual([]);
    expect(warned(...PUBLIC)).toEqual([]);
  });

  test('is known by the certificates, wherever they are', () => {
    const directory = mkdtempSync(join(tmpdir(), 'cairn-cas-'));
    const write = (name: string, text: string): string => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    const pem = (text: string): string => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
    const [one, copy, other] = [
      write('1', pem('b25l')),
      write('2', `# the CA\n${pem('b25l')}`),
      write('3', pem('dHdv')),
    ];
    const both = write('4', pem('dHdv') + pem('b25l'));
    const shared = (clients: string, members: string): boolean =>
      areCasShared({ trustedCaFile: clients, peerTrustedCaFile: members });
    expect([shared(one, copy), shared(one, both), shared(one, one)]).toEqual([true, true, true]);
    expect([shared(one, other), shared('', one), shared(one, ''), shared('', '')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(shared(join(directory, 'none'), one)).toBe(false);
    rmSync(directory, { recursive: true });
  });
});

test('of several addresses those without TLS are named', () => {
  const [line] = linesOf('--listen-peer-urls=https://0.0.0.0:2380,http://127.0.0.1:2381', ...FILES);
  expect(line?.text).toMatch(/^http:\/\/127\.0\.0\.1:2381: /);
});

test('TLS without certificates of members is half of it', () => {
  expect(linesOf(...TLS, ...FILES)[0]?.text).toContain('asks nobody for a certificate');
});

test('clients that nobody asks for a certificate, although a CA is given, are told of', () => {
  const clients = ['--listen-client-urls=https://0.0.0.0:2379', '--advertise-client-urls=https://10.0.0.1:2379'];
  const files = ['--cert-file=/c', '--key-file=/k', '--trusted-ca-file=/a'];
  const peers = [...TLS, ...FILES, '--peer-trusted-ca-file=/a', '--peer-client-cert-auth'];
  expect(linesOf(...peers, ...clients, ...files)).toMatchObject([
    { level: 'info', text: expect.stringContaining('clients are not asked for a certificate') },
  ]);
  expect(linesOf(...peers, ...clients, ...files, '--client-cert-auth')).toEqual([]);
});

test('with both there is nothing to say', () => {
  const clients = ['--listen-client-urls=https://0.0.0.0:2379', '--advertise-client-urls=https://10.0.0.1:2379'];
  const files = ['--cert-file=/c', '--key-file=/k', '--trusted-ca-file=/b', '--client-cert-auth'];
  expect(linesOf(...TLS, ...FILES, ...DEMANDED, ...clients, ...files)).toEqual([]);
});
