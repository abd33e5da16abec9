import type { Row } from './verdict';

const HEAD = ['attack', 'held', 'wait ms', 'pause ms', 'memory MB', 'log KB', 'seen'];

/** A line for each attack; `notRun` are those that came after a member had ended. */
export function table(rows: readonly Row[], notRun: readonly string[]): string {
  const whole = (value: number): string => {
    if (Number.isNaN(value)) return 'unknown';
    return Number.isFinite(value) ? String(Math.round(value)) : 'more';
  };
  const lines = [
    HEAD,
    ...rows.map(({ attack, broken, waitMs, pauseMs, memoryMb, logKb, figures }) => {
      const numbers = [waitMs, pauseMs, memoryMb, logKb].map(whole);
      return [attack, broken.length === 0 ? 'yes' : 'NO', ...numbers, figures];
    }),
    ...notRun.map((name) => [name, 'not run', '', '', '', '', 'a member had ended']),
  ];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const isNumber = (column: number): boolean => column >= 2 && column <= 5;
  return lines
    .map((line) =>
      line.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))),
    )
    .map((cells) => `${cells.join('  ').trimEnd()}\n`)
    .join('');
}

export function brokenText(rows: readonly Row[]): string {
  return rows.flatMap(({ attack, broken }) => broken.map((what) => `DID NOT HOLD ${attack}: ${what}\n`)).join('');
}
