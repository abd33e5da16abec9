/** All that is said about TLS of one side: of the ports for clients, or of the port for members and what members dial with. */
import type { SecureContextOptions } from 'node:tls';
import { opensslCiphers } from './cipherSuites';
import type { TlsFiles } from './files';
import type { Material } from './material';

export type TlsVersion = 'TLS1.2' | 'TLS1.3';

export interface TlsProtocol {
  readonly minVersion: TlsVersion;
  /** Empty: the newest. */
  readonly maxVersion: TlsVersion | '';
  /** By the names of the standard; empty: the default. */
  readonly cipherSuites: readonly string[];
}

export interface TlsSide {
  readonly name: 'client' | 'peer' | 'discovery';
  readonly files: TlsFiles;
  /** Whoever comes has to show a certificate that one of the CAs in `files` signed. */
  readonly certificatesDemanded: boolean;
  /** Not empty: and it has one of these common names. */
  readonly allowedCommonNames: readonly string[];
  /** Not empty: and it is valid for one of these host names. */
  readonly allowedHostNames: readonly string[];
  /** There are no files: a certificate is made at the first start. */
  readonly isSelfMade: boolean;
  readonly validityYears: number;
  readonly protocol: TlsProtocol;
}

/** What OpenSSL is set up with, by whoever listens and whoever dials. */
export function contextOptions(
  { pem }: Pick<Material, 'pem'>,
  { minVersion, maxVersion, cipherSuites }: TlsProtocol,
): SecureContextOptions {
  return {
    ...pem,
    minVersion: nodeVersion(minVersion),
    ...(maxVersion === '' ? {} : { maxVersion: nodeVersion(maxVersion) }),
    ciphers: opensslCiphers(cipherSuites),
    honorCipherOrder: true,
  };
}

function nodeVersion(version: TlsVersion): 'TLSv1.2' | 'TLSv1.3' {
  return version === 'TLS1.2' ? 'TLSv1.2' : 'TLSv1.3';
}
