/** What an attack came to, from what was measured before, during and after it. */
import type { Attack, Bounds, Sighting } from './attack';
import { USUAL_BOUNDS } from './attack';
import type { GoodReport } from './goodClient';
import { longestPauseMs, type Reading } from './measure';

/** What of the cluster is compared after an attack. */
export interface Aftermath {
  /** Undefined: the members did not come to agree; why. */
  readonly disagreement: string | undefined;
  readonly missing: readonly string[];
}

export interface Measured {
  readonly before: readonly Reading[];
  readonly after: readonly Reading[];
  readonly good: GoodReport;
  readonly sighting: Sighting;
  readonly aftermath: Aftermath;
}

/** One line of the table. */
export interface Row {
  readonly attack: string;
  readonly broken: readonly string[];
  readonly figures: string;
  readonly waitMs: number;
  readonly pauseMs: number;
  readonly memoryMb: number;
  readonly logKb: number;
}

const GOOD_ANSWERS_MIN = 1;

/** Whoever ended says nothing of pauses any more: that it ended is what did not hold. */
function pauseMs(now: Reading, then: Reading): number {
  return now.isRunning ? longestPauseMs(now.pid === then.pid ? then.lags : new Map(), now.lags) : 0;
}

export function judge(attack: Attack, { before, after, good, sighting, aftermath }: Measured): Row {
  const bounds: Bounds = { ...USUAL_BOUNDS, ...attack.bounds };
  const broken = [...sighting.broken, ...good.wrong.slice(0, 3)];
  const isSame = (position: number): boolean => before[position]?.pid === after[position]?.pid;
  for (const [position, { isRunning }] of after.entries()) {
    if (!isRunning) broken.push(`member ${position + 1} ended`);
    else if (!attack.restarts && !isSame(position)) broken.push(`member ${position + 1} is another process`);
  }
  const largest = (of: (reading: Reading, first: Reading) => number): number =>
    Math.max(...after.map((reading, position) => of(reading, before[position]!)));
  const row = {
    waitMs: good.longestWaitMs,
    pauseMs: largest(pauseMs),
    memoryMb: largest(({ peakMb }) => peakMb),
    logKb: largest((now, then) => now.logBytes - then.logBytes) / 1024,
  };
  const descriptors = largest((now, then) => now.descriptors - then.descriptors);
  const over = (what: string, value: number, bound: number): void => {
    if (!(value <= bound)) broken.push(`${what}: ${Math.round(value)}, at most ${bound}`);
  };
  over('longest wait of the good client in ms', row.waitMs, bounds.waitMs);
  over('longest pause in ms', row.pauseMs, bounds.pauseMs);
  over('memory in MB', row.memoryMb, bounds.memoryMb);
  over('log in KB', row.logKb, bounds.logKb);
  over('descriptors left open', descriptors, bounds.descriptors);
  if (good.answered < GOOD_ANSWERS_MIN) broken.push('the good client got no answer at all');
  if (aftermath.disagreement !== undefined) broken.push(aftermath.disagreement);
  const [lost] = aftermath.missing;
  if (lost !== undefined) broken.push(`${aftermath.missing.length} acknowledged keys are gone, ${lost} among them`);
  return { attack: attack.name, broken, figures: sighting.figures, ...row };
}
