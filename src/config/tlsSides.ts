/** The options of TLS as src/tls takes them: one side for the client and metrics ports, one for the peer port. */
import type { TlsFile, TlsFiles } from '../tls/files';
import type { TlsSide } from '../tls/side';
import type { Configuration } from './configuration';

/** What the client and metrics ports speak with. */
export function clientSide(configuration: Configuration): TlsSide {
  const { certFile, keyFile, trustedCaFile, clientCrlFile } = configuration;
  const files: TlsFiles = {
    certificate: fileOf('--cert-file', certFile),
    key: fileOf('--key-file', keyFile),
    authorities: fileOf('--trusted-ca-file', trustedCaFile),
    revoked: fileOf('--client-crl-file', clientCrlFile),
  };
  return {
    name: 'client',
    files,
    certificatesDemanded: configuration.clientCertAuth,
    allowedCommonNames: [],
    allowedHostNames: configuration.clientCertAllowedHostname,
    isSelfMade: configuration.autoTls && files.certificate === undefined,
    ...common(configuration),
  };
}

/** What the peer port speaks with, and what other members are dialed with. */
export function peerSide(configuration: Configuration): TlsSide {
  const { peerCertFile, peerKeyFile, peerTrustedCaFile, peerCrlFile } = configuration;
  const files: TlsFiles = {
    certificate: fileOf('--peer-cert-file', peerCertFile),
    key: fileOf('--peer-key-file', peerKeyFile),
    authorities: fileOf('--peer-trusted-ca-file', peerTrustedCaFile),
    revoked: fileOf('--peer-crl-file', peerCrlFile),
  };
  return {
    name: 'peer',
    files,
    certificatesDemanded: configuration.peerClientCertAuth,
    allowedCommonNames: configuration.peerCertAllowedCn,
    allowedHostNames: configuration.peerCertAllowedHostname,
    isSelfMade: configuration.peerAutoTls && files.certificate === undefined,
    ...common(configuration),
  };
}

/** What a discovery service is dialed with. */
export function discoverySide(configuration: Configuration): TlsSide {
  const { discoveryCacert, discoveryCert, discoveryKey } = configuration;
  return {
    name: 'discovery',
    files: {
      certificate: fileOf('--discovery-cert', discoveryCert),
      key: fileOf('--discovery-key', discoveryKey),
      authorities: fileOf('--discovery-cacert', discoveryCacert),
    },
    certificatesDemanded: false,
    allowedCommonNames: [],
    allowedHostNames: [],
    isSelfMade: false,
    ...common(configuration),
  };
}

function common(configuration: Configuration): Pick<TlsSide, 'protocol' | 'validityYears'> {
  const { tlsMinVersion, tlsMaxVersion, cipherSuites, selfSignedCertValidity } = configuration;
  return {
    protocol: { minVersion: tlsMinVersion, maxVersion: tlsMaxVersion, cipherSuites },
    validityYears: selfSignedCertValidity,
  };
}

function fileOf(option: string, path: string): TlsFile | undefined {
  return path === '' ? undefined : { option, path };
}
