import type { Program } from '../test/support/serverProcess';
import { Collector } from './collector';
import { metricNames, metrics } from './measure/metrics';
import type { Sample } from './measure/metrics';
import type { MeasuredRow } from './measure/rows';
import type { Plan } from './plan';
import { numberText } from './report/cells';
import type { Failure } from './report/report';
import type { Group } from './rows/group';

/**
 * Measures the groups one after the other, each in rounds in which the programs take turns. A program that fails in a
 * group is left out of the rest of that group and comes back in the next one.
 *
 * @param say takes lines about the progress
 */
export async function runGroups(
  groups: readonly Group[],
  programs: readonly Program[],
  plan: Plan,
  say: (line: string) => void,
): Promise<{ rows: readonly MeasuredRow[]; failures: readonly Failure[] }> {
  const collector = new Collector();
  const failures: Failure[] = [];
  const begin = performance.now();
  for (const group of groups) {
    const rounds = group.rounds(plan);
    for (let round = 1; round <= rounds; round++) {
      for (const program of programs) {
        if (failures.some((each) => each.group === group.name && each.program === program)) continue;
        const prefix = (): string => `${clock(begin)} ${group.name} ${round}/${rounds} ${program}:`;
        try {
          await group.measure({
            program,
            plan,
            say: (text) => say(`${prefix()} ${text}`),
            record: (row, sample) => {
              collector.add(group.name, program, row, sample);
              say(`${prefix()} ${row.title}: ${sampleText(sample)}`);
            },
          });
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          say(`${prefix()} failed: ${reason}`);
          failures.push({ group: group.name, program, reason: reason.split('\n')[0] ?? '' });
        }
      }
    }
  }
  return { rows: collector.measuredRows(), failures };
}

function clock(begin: number): string {
  const seconds = Math.floor((performance.now() - begin) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function sampleText(sample: Sample): string {
  return metricNames
    .filter((name) => sample[name] !== undefined)
    .map((name) => `${metrics[name].label} ${numberText(sample[name])}`)
    .join('; ');
}
