import type { MeasuredRow } from '../measure/rows';
import { compare } from '../measure/rows';
import { cellsOf, heads } from './cells';
import type { RunReport } from './report';

/** The whole run as text for a terminal. */
export function terminalReport(report: RunReport): string {
  const sections = report.groups.flatMap(({ name, title }) => {
    const rows = report.rows.filter((row) => row.group === name);
    return rows.length === 0 ? [] : ['', `== ${title} ==`, ...rows.flatMap(rowLines)];
  });
  const failures = report.failures.map(
    ({ group, program, reason }) => `${group}: not finished with ${program}: ${reason}`,
  );
  return [...sections, '', ...failures, summaryOf(report.rows), ''].join('\n');
}

/** How many floors hold, in a sentence. */
export function summaryOf(rows: readonly MeasuredRow[]): string {
  const judged = rows.flatMap(compare).filter((each) => each.meetsFloor !== undefined);
  if (judged.length === 0) return 'Nothing was compared.';
  const under = judged.filter((each) => each.meetsFloor === false).length;
  return `${judged.length - under} of ${judged.length} floors hold.`;
}

function rowLines(row: MeasuredRow): string[] {
  const lines = [heads, ...cellsOf(row)];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) =>
    line
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
  return ['', row.title, ...text.map((line) => `  ${line}`)];
}
