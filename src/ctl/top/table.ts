/** Rows as lines of a table. Pure. */
import { printable } from '../../client/json';
import type { Paint } from '../colours';
import type { TopRow } from './rows';

interface Column {
  readonly head: string;
  readonly text: (row: TopRow) => string;
}

const columns: readonly Column[] = [
  { head: 'MEMBER', text: ({ name }) => printable(name) },
  { head: 'STATE', text: ({ state }) => state },
  { head: 'READ/S', text: ({ readsPerS }) => rate(readsPerS) },
  { head: 'WRITE/S', text: ({ writesPerS }) => rate(writesPerS) },
  { head: 'P99 MS', text: ({ slowestMs }) => decimal(slowestMs) },
  { head: 'SYNC MS', text: ({ syncMs }) => decimal(syncMs) },
  { head: 'WATCHES', text: ({ watches }) => whole(watches) },
  { head: 'CLIENTS', text: ({ clients }) => whole(clients) },
  { head: 'LAG', text: ({ lag }) => whole(lag) },
  { head: 'INDEX', text: ({ index }) => whole(index) },
  { head: 'KEYS', text: ({ keys }) => whole(keys) },
  {
    head: 'MEMORY',
    text: ({ memoryBytes }) => (memoryBytes === undefined ? '-' : `${Math.round(memoryBytes / 2 ** 20)}M`),
  },
];

/** More than that of the log is missing: it is hardly there. */
const LAG_MANY = 1000;

export function tableLines(rows: readonly TopRow[], paint: Paint): readonly string[] {
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const widths = columns.map(({ head }, at) => Math.max(head.length, ...cells.map((row) => row[at]?.length ?? 0)));
  // Words begin where those above do, numbers end there.
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => (at < 2 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [
    paint('bold', line(columns.map(({ head }) => head))),
    ...rows.map((row, at) => painted(row, line(cells[at] ?? []), paint)),
  ];
}

/** One line about all of them together. */
export function summaryLine(rows: readonly TopRow[]): string {
  const there = rows.filter(({ state }) => state !== 'away');
  const sum = (of: (row: TopRow) => number | undefined): number =>
    rows.reduce((total, row) => total + (of(row) ?? 0), 0);
  const leader = rows.find(({ state }) => state === 'leader');
  return [
    `${there.length} of ${rows.length} members answer`,
    leader === undefined ? 'nobody leads' : `${printable(leader.name)} leads`,
    `${rate(sum(({ readsPerS }) => readsPerS))} reads/s`,
    `${rate(sum(({ writesPerS }) => writesPerS))} writes/s`,
  ].join(', ');
}

function painted({ state, lag }: TopRow, text: string, paint: Paint): string {
  if (state === 'away' || state === 'no leader') return paint('red', text);
  if (lag !== undefined && lag > LAG_MANY) return paint('yellow', text);
  return state === 'leader' ? paint('green', text) : text;
}

function whole(value: number | undefined): string {
  return value === undefined ? '-' : String(value);
}

function decimal(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(1);
}

function rate(value: number | undefined): string {
  if (value === undefined) return '-';
  return value > 0 && value < 10 ? value.toFixed(1) : String(Math.round(value));
}
