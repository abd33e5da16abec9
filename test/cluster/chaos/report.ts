import type { Record } from './record';

const SHOWN_MAX = 12;
const TEXT_MAX = 1500;

/** What happened, as a table. */
export function table(record: Record, facts: ReadonlyMap<string, string>): string {
  const rows = [
    ...[...facts].map(([name, value]) => [name, value] as const),
    ...[...record.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => [name, String(count)] as const),
    ['longest time without a write', `${(record.longestWithoutWriteMs / 1000).toFixed(2)} s`] as const,
    ['violations', String(record.violations.length)] as const,
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value.padStart(10)}\n`).join('');
}

/** How many of each kind, and the first few in full. */
export function violationsText(record: Record): string {
  const kinds = new Map<string, number>();
  for (const { kind } of record.violations) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const sums = [...kinds].map(([kind, count]) => `${kind}: ${count}\n`).join('');
  const shown = record.violations
    .slice(0, SHOWN_MAX)
    .map(({ kind, text }) => `VIOLATION ${kind}: ${text.slice(0, TEXT_MAX)}\n`);
  return sums + shown.join('');
}
