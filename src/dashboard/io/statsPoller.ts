/** Reads the member's numbers every two seconds, for as long as the page is looked at. */
import { parseMetrics, type Metrics } from '../../client/metricsText';
import {
  leaderKnown,
  memberRows,
  pointBetween,
  withPoint,
  type MemberRow,
  type Point,
  type Reading,
} from '../model/readings';
import { readJson } from './keyApi';
import type { Session } from './session';

const EVERY_MS = 2000;
const PATIENCE_MS = 10_000;

export class StatsPoller {
  points: readonly Point[] = [];
  members: readonly MemberRow[] = [];
  /** What is wrong with the readings; '' if nothing is. */
  problem = '';
  /** What /health says; undefined: not asked yet. */
  isHealthy: boolean | undefined;
  /** Whether the member knows a leader; undefined: not said. */
  hasLeader: boolean | undefined;
  private last: Reading | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isWanted = false;
  /** Ends what is asked for in the name of who asks now. */
  private stopper = new AbortController();

  constructor(
    private readonly session: Session,
    private readonly onChange: () => void,
  ) {}

  start(): void {
    if (this.isWanted) return;
    this.isWanted = true;
    void this.run();
  }

  stop(): void {
    this.isWanted = false;
    clearTimeout(this.timer);
  }

  /** Somebody else is asking now: nothing stays of what was read for the one before. */
  restart(): void {
    const wasWanted = this.isWanted;
    this.stop();
    this.stopper.abort();
    this.stopper = new AbortController();
    this.points = [];
    this.members = [];
    this.problem = '';
    this.isHealthy = undefined;
    this.hasLeader = undefined;
    this.last = undefined;
    if (wasWanted) this.start();
    this.onChange();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopper;
    try {
      await this.read(signal);
      if (signal.aborted) return;
      this.problem = '';
    } catch {
      if (signal.aborted) return;
      this.problem = 'The member does not answer.';
      this.isHealthy = undefined;
      this.hasLeader = undefined;
    }
    this.onChange();
    // A slow answer delays the next question: they never pile up.
    clearTimeout(this.timer);
    if (this.isWanted) this.timer = setTimeout(() => void this.run(), EVERY_MS);
  }

  private async read(signal: AbortSignal): Promise<void> {
    const [text, members, self, health] = await Promise.all([
      this.get(signal, '/metrics').then((response) => (response.ok ? response.text() : '')),
      this.get(signal, '/v2/members').then(readJson),
      this.get(signal, '/v2/stats/self').then(readJson),
      this.get(signal, '/health').then((response) => response.ok),
    ]);
    if (signal.aborted) return;
    const metrics: Metrics = parseMetrics(text);
    const reading = { atSeconds: Date.now() / 1000, metrics };
    this.isHealthy = health;
    this.hasLeader = leaderKnown(metrics);
    this.members = memberRows(members, self, metrics);
    const point = this.last === undefined ? undefined : pointBetween(this.last, reading);
    if (point !== undefined) this.points = withPoint(this.points, point);
    this.last = reading;
  }

  private async get(stopped: AbortSignal, path: string): Promise<Response> {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(PATIENCE_MS)]);
    const response = await fetch(path, { headers: this.session.headers(), cache: 'no-store', signal });
    // A proxy that gets no answer says so by itself; what a member says of its health is its answer.
    if (response.status === 502) throw new Error('no member answers');
    return response;
  }
}
