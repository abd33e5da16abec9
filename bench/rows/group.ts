import type { Program } from '../../test/support/serverProcess';
import type { Row } from '../measure/rows';
import type { Sample } from '../measure/metrics';
import type { Plan } from '../plan';

/** One round of one program: what a group needs while it measures. */
export interface Round {
  readonly program: Program;
  readonly plan: Plan;
  /** Keeps what was measured and shows it. */
  record(row: Row, sample: Sample): void;
  /** Shows what is going on. */
  say(text: string): void;
}

/** Rows that are measured together. */
export interface Group {
  /** As `--rows` takes it. */
  readonly name: string;
  readonly title: string;
  rounds(plan: Plan): number;
  measure(round: Round): Promise<void>;
}

/** The floor of every row that counts requests: Cairn may use 0.9 of etcd's processor time for each. */
export const CPU_FLOOR = { metric: 'cpuSecondsPer10k', ratio: 0.9 } as const;

/** The floor of every row that looks for stalls: the slowest write takes half of etcd's at most. */
export const WORST_FLOOR = { metric: 'worstMs', ratio: 0.5 } as const;

/** 10000 becomes 10,000. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
