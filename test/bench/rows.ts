import type { Sample } from '../../bench/measure/metrics';
import type { Floor, MeasuredRow } from '../../bench/measure/rows';

/** A measured row for tests. */
export function rowWith(
  cairn: readonly Sample[],
  etcd: readonly Sample[],
  floors: readonly Floor[] = [],
  more: Partial<Pick<MeasuredRow, 'title' | 'group'>> = {},
): MeasuredRow {
  return { group: 'put', title: 'PUT', floors, samples: { cairn, etcd }, ...more };
}
