/** What a process shows whether it is a member or waits for a place. */
import type { Readings } from '../readings';
import { gauge, labelled, type NumberRow } from '../row';

export type StandbyReadings = Pick<Readings, 'isStandby' | 'certificates' | 'revocations'>;

export const standbyRows: readonly NumberRow<StandbyReadings>[] = [
  gauge(
    'cairn_standby',
    [
      'Whether this process waits for a place in the cluster, 1 or 0; one that does has few metrics beside this one',
      'what the process serves',
    ],
    ({ isStandby }) => (isStandby ? 1 : 0),
  ),
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
