import { exposeNumberRow } from './exposition';
import { standbyRows, type StandbyReadings } from './table/standby';

/** What `/metrics` of a standby shows. */
export function standbyMetrics(readings: Omit<StandbyReadings, 'isStandby'>): string {
  return standbyRows.map((row) => exposeNumberRow(row, { ...readings, isStandby: true })).join('');
}
