import { clientSide, peerSide } from '../../src/config/tlsSides';
import { configurationOf, messageOf, run } from './support';

const client = [
  '--cert-file=/c',
  '--key-file=/k',
  '--listen-client-urls=https://a:1',
  '--advertise-client-urls=https://a:1',
];
const peer = [
  '--peer-cert-file=/c',
  '--peer-key-file=/k',
  '--listen-peer-urls=https://a:2',
  '--initial-advertise-peer-urls=https://a:2',
];

describe('options of TLS that do not fit together', () => {
  it.each([
    [
      ['--cert-file=/c'],
      '--cert-file is given without --key-file; a certificate and its key belong together: give both',
    ],
    [
      ['--peer-key-file=/k'],
      '--peer-key-file is given without --peer-cert-file; a certificate and its key belong together: give both',
    ],
    [
      ['--listen-metrics-urls=https://a:3'],
      '--listen-metrics-urls has https://a:3, and there is no certificate for it; give --cert-file and --key-file, or --auto-tls to try it out, or write the URL with http',
    ],
    [
      [...client, '--client-cert-auth'],
      '--client-cert-auth demands certificates, and no CA is given that may sign them; give --trusted-ca-file',
    ],
    [
      [...client, '--trusted-ca-file=/ca', '--client-crl-file=/crl'],
      '--client-crl-file would check nothing, because certificates are not demanded; give --client-cert-auth too, or remove it',
    ],
    [
      [...peer, '--peer-trusted-ca-file=/ca', '--peer-cert-allowed-cn=cairn'],
      '--peer-cert-allowed-cn would check nothing, because certificates are not demanded; give --peer-client-cert-auth too, or remove it',
    ],
    [
      [
        ...peer,
        '--peer-trusted-ca-file=/ca',
        '--peer-client-cert-auth',
        '--peer-cert-allowed-cn=a',
        '--peer-cert-allowed-hostname=b',
      ],
      '--peer-cert-allowed-cn and --peer-cert-allowed-hostname are given together; give one of them: members are known by the one or by the other',
    ],
    [
      ['--peer-auto-tls', '--peer-trusted-ca-file=/ca'],
      '--peer-auto-tls and --peer-trusted-ca-file are given together, and no CA signed the certificates that members make for themselves; give --peer-cert-file and --peer-key-file with the CA, or remove it',
    ],
    [
      ['--tls-min-version=TLS1.3', '--tls-max-version=TLS1.2'],
      '--tls-min-version of TLS1.3 is above --tls-max-version of TLS1.2; lower the first or raise the second',
    ],
    [['--tls-min-version=TLS1.1'], '--tls-min-version: "TLS1.1" is not one of its values; write TLS1.2 or TLS1.3'],
    [['--tls-max-version=SSL3'], '--tls-max-version: "SSL3" is not one of its values; write TLS1.2 or TLS1.3'],
    [
      ['--ca-file=/ca', '--trusted-ca-file=/ca'],
      '--ca-file and --trusted-ca-file are two ways to say the same; use only --trusted-ca-file, and --client-cert-auth where each client has to show a certificate',
    ],
  ])('%j', (argv, message) => {
    expect(messageOf({ argv })).toBe(message);
  });

  it('name the suites that there are', () => {
    expect(messageOf({ argv: ['--cipher-suites=TLS_RSA_WITH_RC4_128_SHA'] })).toMatch(
      /^--cipher-suites: "TLS_RSA_WITH_RC4_128_SHA" is not usable; give names of the standard like TLS_ECDHE_/,
    );
  });

  it('leave clients of a CA to a port that makes its own certificate', () => {
    const argv = ['--auto-tls', '--client-cert-auth', '--trusted-ca-file=/ca', ...client.slice(2)];
    const side = clientSide(configurationOf({ argv }));
    expect(side).toMatchObject({ isSelfMade: true, certificatesDemanded: true });
    expect(side.files.authorities?.path).toBe('/ca');
  });

  it('let a proxy without a peer port be', () => {
    const argv = ['--proxy=on', '--initial-cluster=a=https://b:1', '--listen-peer-urls=https://a:1'];
    expect(configurationOf({ argv }).proxy).toBe('on');
  });
});

describe('a warning', () => {
  it.each([
    [
      ['--cert-file=/c', '--key-file=/k'],
      '--cert-file has no effect on a port: the scheme of each URL of the default --listen-client-urls is http; write https where TLS is meant',
    ],
    [[...client, '--auto-tls'], '--auto-tls has no effect, because --cert-file is given'],
    [
      ['--auto-tls', '--listen-client-urls=https://a:1', '--advertise-client-urls=https://a:1'],
      '--auto-tls encrypts with a certificate that nobody can verify: whoever is in between can read along; use it to try things out',
    ],
    [
      ['--peer-auto-tls'],
      '--peer-auto-tls has no effect on a port: the scheme of each URL of the default --listen-peer-urls is http; write https where TLS is meant',
    ],
    [
      [...client.slice(0, 3), '--advertise-client-urls=http://a:1'],
      '--advertise-client-urls has http://a:1, but no URL of --listen-client-urls has http; whoever goes there finds the other protocol unless something in front translates',
    ],
  ])('%j', (argv, warning) => {
    expect(run({ argv }).warnings).toEqual([warning]);
  });

  it('is not given of what a proxy dials with: it has no peer port', () => {
    const proxy = ['--proxy=on', '--initial-cluster=a=https://b:1'];
    const pair = ['--peer-cert-file=/c', '--peer-key-file=/k', '--peer-trusted-ca-file=/ca'];
    expect(run({ argv: [...proxy, ...pair] }).warnings).toEqual([]);
    expect(run({ argv: [...proxy, '--peer-auto-tls'] }).warnings).toEqual([]);
    expect(run({ argv: [...proxy, '--cert-file=/c', '--key-file=/k'] }).warnings).toHaveLength(1);
  });
});

describe('a file of CAs', () => {
  it('demands certificates by the names of older eras, whatever else is said, and not by the name of today', () => {
    const older = configurationOf({ argv: [...client, '--ca-file=/ca', '--client-cert-auth=false'] });
    expect(older).toMatchObject({ trustedCaFile: '/ca', clientCertAuth: true });
    expect(configurationOf({ argv: [...client, '--trusted-ca-file=/ca'] }).clientCertAuth).toBe(false);
  });
});

describe('the blocks of a configuration file of etcd', () => {
  it('set the options of their side', () => {
    const file = [
      'listen-client-urls: https://a:1',
      'advertise-client-urls: https://a:1',
      'client-transport-security:',
      '  cert-file: /c',
      '  key-file: /k',
      '  client-cert-auth: true',
      '  trusted-ca-file: /ca',
      'peer-transport-security:',
      '  auto-tls: true',
      '',
    ].join('\n');
    const configuration = configurationOf({ file });
    expect(clientSide(configuration)).toMatchObject({
      name: 'client',
      files: {
        certificate: { option: '--cert-file', path: '/c' },
        key: { option: '--key-file', path: '/k' },
        authorities: { option: '--trusted-ca-file', path: '/ca' },
        revoked: undefined,
      },
      certificatesDemanded: true,
      isSelfMade: false,
    });
    expect(peerSide(configuration)).toMatchObject({ name: 'peer', isSelfMade: true, certificatesDemanded: false });
  });
});
