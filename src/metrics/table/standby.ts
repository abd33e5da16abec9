/** What a process shows whether it is a member or waits for a place. */
import type { Readings } from '../readings';
import { gauge, type NumberRow } from '../row';
import { certificateRows, type CertificateReadings } from './certificates';

export type StandbyReadings = Pick<Readings, 'isStandby'> & CertificateReadings;

export const standbyRows: readonly NumberRow<StandbyReadings>[] = [
  gauge(
    'cairn_standby',
    [
      'Whether this process waits for a place in the cluster, 1 or 0; one that does has few metrics beside this one',
      'what the process serves',
    ],
    ({ isStandby }) => (isStandby ? 1 : 0),
  ),
  ...certificateRows,
];
