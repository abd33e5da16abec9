/** What times mean; they are made up, the rules are the real ones. */
import { judge, worstOf } from '../../../src/ctl/doctor/findings';
import { loads } from '../../../src/ctl/perf/loads';
import type { Measured, Requests } from '../../../src/ctl/perf/measure';
import { perfRules, quantile } from '../../../src/ctl/perf/perfRules';

const quick: Requests = { wanted: 1000, latenciesMs: Array(1000).fill(5), failures: 0, firstFailure: undefined };
const well: Measured = { writes: quick, reads: quick, tookMs: 10_000, lateMs: [1, 2, 3] };

function complaintsOf(changes: Partial<Measured>): readonly string[] {
  return judge(perfRules, { load: loads.s, measured: { ...well, ...changes } })
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, about, seen }) => `${severity} ${about}: ${seen}`);
}

test('what is quick is well, and says how quick', () => {
  const findings = judge(perfRules, { load: loads.s, measured: well });
  expect(worstOf(findings)).toBe('ok');
  expect(findings[0]?.seen).toBe(
    '1000 of 1000, 100 a second; half within 5.0 ms, 99 of 100 within 5.0 ms, the slowest 5.0 ms',
  );
});

test.each<[string, Partial<Measured>, string]>([
  [
    'a slow one',
    { writes: { ...quick, latenciesMs: [...Array<number>(999).fill(5), 501] } },
    'error writes: the slowest took more than 500 ms',
  ],
  [
    'many that are slow',
    { reads: { ...quick, latenciesMs: [...Array<number>(980).fill(5), ...Array<number>(20).fill(150)] } },
    'warning reads: one of a hundred took more than 100 ms',
  ],
  [
    'too few',
    { reads: { ...quick, latenciesMs: Array(899).fill(5) } },
    'error reads: too few are answered in their time',
  ],
  [
    'failures',
    { writes: { ...quick, failures: 2, firstFailure: 'no leader' } },
    'error writes: 2 of 1000 failed, the first with: no leader',
  ],
  [
    'nothing at all',
    { writes: { ...quick, latenciesMs: [] } },
    'error writes: too few are answered in their time (0 of 1000',
  ],
  [
    'a machine that is busy itself',
    { lateMs: Array(100).fill(30) },
    'warning this machine: one of a hundred requests was sent 30 ms late',
  ],
])('%s', (_, changes, complaint) => {
  expect(complaintsOf(changes)).toEqual([expect.stringContaining(complaint)]);
});

test('all of them, but long after their time', () => {
  expect(complaintsOf({ tookMs: 15_000 })).toEqual([
    expect.stringContaining('error writes: too few are answered in their time'),
    expect.stringContaining('error reads: too few'),
  ]);
});

test('quantiles', () => {
  expect([quantile([], 0.99), quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 1), quantile([1], 0.01)]).toEqual([
    0, 2, 3, 1,
  ]);
});
