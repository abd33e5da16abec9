import { exposeNumberRow } from './exposition';
import { standbyRows, type StandbyReadings } from './table/standby';

/** What `/metrics` of a standby shows, in the order of the names. */
export function standbyMetrics(readings: Omit<StandbyReadings, 'isStandby'>): string {
  const rows = [...standbyRows].sort((one, other) => (one.name < other.name ? -1 : 1));
  return rows.map((row) => exposeNumberRow(row, { ...readings, isStandby: true })).join('');
}
