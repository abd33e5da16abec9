import { readFileSync } from 'node:fs';
import type { Program } from '../../test/support/serverProcess';
import type { MeasuredRow } from '../measure/rows';

const FORMAT = 1;

/** What the numbers of a run depend on; nothing that tells whose machine it was. */
export interface Surroundings {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  /** Whether the data lay in memory instead of on a disk. */
  readonly dataInMemory: boolean;
  /** Name and version of each program that took part, such as `etcd 3.4.23`. */
  readonly versions: readonly string[];
}

/** A group that one program did not get through. */
export interface Failure {
  readonly group: string;
  readonly program: Program;
  readonly reason: string;
}

/** A whole run, as `--json` stores it. */
export interface RunReport {
  readonly format: typeof FORMAT;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly quick: boolean;
  readonly rounds: number;
  readonly secondsPerMeasurement: number;
  readonly surroundings: Surroundings;
  /** Name and title of each group that was run, in order. */
  readonly groups: readonly { readonly name: string; readonly title: string }[];
  readonly rows: readonly MeasuredRow[];
  readonly failures: readonly Failure[];
}

export function newReport(content: Omit<RunReport, 'format'>): RunReport {
  return { format: FORMAT, ...content };
}

/** @throws Error if the file is not one that `--json` wrote */
export function readReport(file: string): RunReport {
  const report = JSON.parse(readFileSync(file, 'utf8')) as RunReport;
  if (report.format !== FORMAT) throw new Error(`${file} holds no results of this benchmark`);
  return report;
}
