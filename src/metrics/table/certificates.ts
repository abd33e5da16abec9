/** How long the certificates in use last, of whatever serves a port. */
import type { Readings } from '../readings';
import { labelled, type NumberRow } from '../row';

export type CertificateReadings = Pick<Readings, 'certificates' | 'revocations'>;

export const certificateRows: readonly NumberRow<CertificateReadings>[] = [
  labelled(
    'gauge',
    'etcd_tls_certificate_expiry_seconds',
    ['listener'],
    [
      'Seconds until the certificate of the client or peer port, one above it, or the last of its CAs ends',
      'the files of TLS',
    ],
    ({ certificates }) => certificates.map(({ listener, secondsLeft }) => [[listener], secondsLeft]),
  ),
  labelled(
    'gauge',
    'etcd_tls_revocations_expiry_seconds',
    ['listener'],
    [
      'Seconds until a list of revoked certificates of the client or peer port has to be replaced; below 0 certificates of its CA are refused',
      'the files of TLS',
    ],
    ({ revocations }) => revocations.map(({ listener, secondsLeft }) => [[listener], secondsLeft]),
  ),
];
