/** TOB-016 (insecure by default, and silent about it): a member whose peer port is open says at its start what that means. */
import { exposures } from '../../src/app/exposure';
import { configurationOf } from '../config/support';

function linesOf(...argv: string[]): readonly { readonly isLocal: boolean; readonly text: string }[] {
  return exposures(configurationOf({ argv }));
}

const PUBLIC = ['--listen-peer-urls=http://0.0.0.0:2380', '--initial-advertise-peer-urls=http://10.0.0.1:2380'];
const TLS = ['--listen-peer-urls=https://0.0.0.0:2380', '--initial-advertise-peer-urls=https://10.0.0.1:2380'];
const FILES = ['--peer-cert-file=/c', '--peer-key-file=/k'];

test('without TLS one line says what that means and what to do', () => {
  const [line, ...more] = linesOf(...PUBLIC);
  expect(more).toEqual([]);
  expect(line).toMatchObject({ isLocal: false });
  expect(line?.text).toMatch(/^http:\/\/0\.0\.0\.0:2380: .*without TLS.*--peer-client-cert-auth/);
  expect(line?.text).not.toContain('\n');
});

test('on loopback addresses it is told, and no warning', () => {
  expect(linesOf()).toMatchObject([{ isLocal: true }]);
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
    { isLocal: true, text: expect.stringContaining('clients are not asked for a certificate') },
  ]);
  expect(linesOf(...peers, ...clients, ...files, '--client-cert-auth')).toEqual([]);
  expect(linesOf(...peers, ...clients, ...files.slice(0, 2))).toEqual([]);
});

test('with both there is nothing to say', () => {
  expect(linesOf(...TLS, ...FILES, '--peer-trusted-ca-file=/a', '--peer-client-cert-auth')).toEqual([]);
});
