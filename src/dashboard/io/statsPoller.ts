/** Reads the member's numbers every two seconds, for as long as the page is looked at. */
import { parseMetrics, type Metrics } from '../../client/metricsText';
import { memberRows, pointBetween, withPoint, type MemberRow, type Point, type Reading } from '../model/readings';
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
  private last: Reading | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isWanted = false;

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

  private async run(): Promise<void> {
    try {
      await this.read();
      this.problem = '';
    } catch {
      this.problem = 'The member does not answer.';
      this.isHealthy = undefined;
    }
    this.onChange();
    // A slow answer delays the next question: they never pile up.
    clearTimeout(this.timer);
    if (this.isWanted) this.timer = setTimeout(() => void this.run(), EVERY_MS);
  }

  private async read(): Promise<void> {
    const [text, members, self, health] = await Promise.all([
      this.get('/metrics').then((response) => (response.ok ? response.text() : '')),
      this.get('/v2/members').then(readJson),
      this.get('/v2/stats/self').then(readJson),
      this.get('/health').then((response) => response.ok),
    ]);
    const metrics: Metrics = parseMetrics(text);
    const reading = { atSeconds: Date.now() / 1000, metrics };
    this.isHealthy = health;
    this.members = memberRows(members, self, metrics);
    if (this.last !== undefined) this.points = withPoint(this.points, pointBetween(this.last, reading));
    this.last = reading;
  }

  private get(path: string): Promise<Response> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return fetch(path, { headers: this.session.headers(), cache: 'no-store', signal });
  }
}
