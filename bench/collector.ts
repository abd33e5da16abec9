import type { Program } from '../test/support/serverProcess';
import type { Sample } from './measure/metrics';
import type { MeasuredRow, Row } from './measure/rows';

interface Collected {
  readonly group: string;
  readonly row: Row;
  readonly samples: Record<Program, Sample[]>;
}

/** Gathers the samples of all rounds by row. */
export class Collector {
  private readonly rows = new Map<string, Collected>();

  add(group: string, program: Program, row: Row, sample: Sample): void {
    const collected = this.rows.get(row.title) ?? { group, row, samples: { cairn: [], etcd: [] } };
    this.rows.set(row.title, collected);
    collected.samples[program].push(sample);
  }

  /** In the order they were first seen. */
  measuredRows(): readonly MeasuredRow[] {
    return [...this.rows.values()].map(({ group, row, samples }) => ({
      group,
      title: row.title,
      floors: row.floors,
      samples,
    }));
  }
}
