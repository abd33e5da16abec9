/** What the times that were taken mean. Pure. */
import type { Complaint, Rule } from '../doctor/findings';
import type { Load } from './loads';
import type { Measured, Requests } from './measure';

export interface Judged {
  readonly load: Load;
  readonly measured: Measured;
}

/** The share and the slowest are those of `etcdctl check perf`. */
export const LIMITS = { answeredShare: 0.9, slowestMs: 500, p99Ms: 100, ownLateMs: 20 } as const;

const ADVICE = {
  writes:
    'each write waits for the disks of a majority and the way between them: see disks and links in cairn doctor, and SYNC MS in cairnctl top',
  reads:
    'each read asks a majority whether it is of today: see links and event loop in cairn doctor, and P99 MS in cairnctl top',
} as const;

export const perfRules: readonly Rule<Judged>[] = [
  ruleOf('writes', ({ writes }) => writes),
  ruleOf('reads', ({ reads }) => reads),
  {
    about: 'this machine',
    well: ({ measured }) =>
      `was ${milliseconds(quantile(measured.lateMs, 0.99))} late by itself at most, 99 of 100 times`,
    complaints: ({ measured }) => {
      const lateMs = quantile(measured.lateMs, 0.99);
      if (lateMs <= LIMITS.ownLateMs) return [];
      return [
        {
          severity: 'warning',
          seen: `one of a hundred requests was sent ${milliseconds(lateMs)} late or more by this machine itself, which is part of all times above`,
          advice: 'run it again where less else is done: what is slow here may be this machine and not the cluster',
        },
      ];
    },
  },
];

function ruleOf(about: keyof typeof ADVICE, requestsOf: (measured: Measured) => Requests): Rule<Judged> {
  return {
    about,
    well: ({ measured }) => wordsOf(requestsOf(measured), measured),
    complaints: (judged) => {
      const { measured } = judged;
      const requests = requestsOf(measured);
      const words = wordsOf(requests, measured);
      const { failures, firstFailure = '', wanted, latenciesMs } = requests;
      const complaints: Complaint[] = [];
      const complain = (severity: Complaint['severity'], seen: string, advice: string = ADVICE[about]): void => {
        complaints.push({ severity, seen, advice });
      };
      if (failures > 0)
        complain(
          'error',
          `${failures} of ${wanted} failed, the first with: ${firstFailure}`,
          'look at what cairn doctor says',
        );
      if (answeredIn(requests, judged) < LIMITS.answeredShare)
        complain('error', `too few are answered in their time (${words})`);
      const [slowest, p99] = [latenciesMs.reduce((one, other) => Math.max(one, other), 0), quantile(latenciesMs, 0.99)];
      if (slowest > LIMITS.slowestMs) complain('error', `the slowest took more than ${LIMITS.slowestMs} ms (${words})`);
      else if (p99 > LIMITS.p99Ms) complain('warning', `one of a hundred took more than ${LIMITS.p99Ms} ms (${words})`);
      return complaints;
    },
  };
}

/** Of those that were wanted in a second, how many came: what was answered after the time is over makes it less. */
function answeredIn({ latenciesMs, wanted }: Requests, { load, measured }: Judged): number {
  return (latenciesMs.length / wanted) * Math.min(1, (load.seconds * 1000) / measured.tookMs);
}

function wordsOf({ latenciesMs, wanted }: Requests, { tookMs }: Measured): string {
  const perS = latenciesMs.length / (tookMs / 1000);
  const [p50, p99, slowest] = [0.5, 0.99, 1].map((share) => milliseconds(quantile(latenciesMs, share)));
  return `${latenciesMs.length} of ${wanted}, ${perS.toFixed(0)} a second; half within ${p50}, 99 of 100 within ${p99}, the slowest ${slowest}`;
}

/** The smallest that so many are not above; 0 of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
