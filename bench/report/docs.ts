import type { MeasuredRow } from '../measure/rows';
import { cellsOf } from './cells';
import type { Failure, RunReport, Surroundings } from './report';
import { summaryOf } from './terminal';

/** docs/performance.md, made from the results of a run. */
export function performanceDocs(report: RunReport): string {
  return [
    '# Performance',
    '',
    '<!-- Written by `npm run bench -- --write-docs`; what the numbers mean is in performance-notes.md. -->',
    '',
    `Measured on ${report.date}: ${machineText(report.surroundings)}.`,
    `Programs: ${report.surroundings.versions.join(', ')}.`,
    methodText(report),
    '',
    ...(report.surroundings.dataInMemory
      ? ['**The data lay in memory: durable writes cost nothing here, so the rows with writes prove nothing.**', '']
      : []),
    ...(report.quick ? ['**A quick run with small counts: the numbers prove little.**', ''] : []),
    `A floor is the least Cairn has to reach beside etcd. ${summaryOf(report.rows)} [performance-notes.md](performance-notes.md)`,
    'says how each row is measured and how to read it.',
    '',
    ...report.groups.flatMap(({ name, title }) => section(title, report.rows, name)),
    ...failureSection(report.failures),
  ].join('\n');
}

function machineText(machine: Surroundings): string {
  return `${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB of memory, ${machine.kernel}`;
}

function methodText(report: RunReport): string {
  const rounds = report.rounds === 1 ? '1 round' : `${report.rounds} rounds`;
  return (
    `Medians of up to ${rounds} in turns of the two programs, ${report.secondsPerMeasurement} s a steady measurement. ` +
    'Load and servers share the machine.'
  );
}

function section(title: string, rows: readonly MeasuredRow[], group: string): string[] {
  const chosen = rows.filter((row) => row.group === group);
  if (chosen.length === 0) return [];
  return [
    `## ${title}`,
    '',
    line(['Row', 'Measure', 'Cairn', 'etcd', 'Cairn/etcd', 'Floor', '']),
    line(['---', '---', '---:', '---:', '---:', '---:', '---']),
    ...chosen.flatMap((row) => cellsOf(row).map((cells, index) => line([index === 0 ? row.title : '', ...cells]))),
    '',
  ];
}

function failureSection(failures: readonly Failure[]): string[] {
  if (failures.length === 0) return [];
  return [
    '## Not finished',
    '',
    ...failures.map(({ group, program, reason }) => `- \`${group}\` with ${program}: ${reason}`),
    '',
  ];
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
