import { Cluster } from '../cluster/cluster';
import { call } from '../cluster/httpClient';
import { until } from '../cluster/waiting';
import { SeededRandom } from '../simulation/random';
import { ABUSE, type Attack, type Bounds } from './attack';
import { GOOD, GoodClient } from './goodClient';
import { forgetPeak, read, type Reading } from './measure';
import { judge, type Aftermath, type Row } from './verdict';

export interface AbuseOptions {
  readonly attacks: readonly Attack[];
  /** Shared out among the attacks; each takes a moment even when there is none left. */
  readonly seconds: number;
  readonly seed: number;
  /** In place of what the attacks say. */
  readonly bounds?: Partial<Bounds>;
  readonly say: (line: string) => void;
}

export interface AbuseOutcome {
  readonly rows: readonly Row[];
  /** Those that came after a member had ended. */
  readonly notRun: readonly string[];
  readonly directory: string;
  /** Ends every process; `keepFiles` leaves logs and data. */
  readonly tidy: (keepFiles: boolean) => Promise<void>;
}

/** A store small enough to be filled; a short log, so that whoever was away is streamed the state. */
const ARGUMENTS = ['--quota-bytes', String(64 * 1024 * 1024), '--snapshot-count', '2000'];
const ATTACK_MAX_MS = 4000;
/** Each goes on for this long even when the time is over: an attack that is left out has shown nothing. */
const ATTACK_MIN_MS = 500;
/** Of the time there is for an attack, the rest is for what comes before and after it. */
const ATTACK_SHARE = 0.4;
const ATTACK_ENDS_WITHIN_MS = 120_000;
const WELL_WITHIN_MS = 120_000;

/** One attack after the other on a cluster of real processes, with a well-behaved client beside. */
export async function runAbuse({ attacks, seconds, seed, bounds, say }: AbuseOptions): Promise<AbuseOutcome> {
  const endMs = performance.now() + seconds * 1000;
  const cluster = await Cluster.place({ heartbeatIntervalMs: 100, electionTimeoutMs: 1000, moreArguments: ARGUMENTS });
  for (const member of cluster.members) member.start(cluster.argumentsFor());
  await cluster.healthy(cluster.members, WELL_WITHIN_MS);
  const good = new GoodClient(cluster.members);
  const rows: Row[] = [];
  const notRun: string[] = [];
  for (const [position, attack] of attacks.entries()) {
    if (!cluster.members.every(({ isRunning }) => isRunning)) {
      notRun.push(attack.name);
      continue;
    }
    const shareMs = ((endMs - performance.now()) / (attacks.length - position)) * ATTACK_SHARE;
    const durationMs = Math.max(ATTACK_MIN_MS, Math.min(ATTACK_MAX_MS, shareMs));
    say(attack.name);
    const row = await suffer(
      cluster,
      good,
      { ...attack, bounds: { ...attack.bounds, ...bounds } },
      { durationMs, random: new SeededRandom(seed + position) },
    );
    rows.push(row);
    for (const what of row.broken) say(`  did not hold: ${what}`);
  }
  return {
    ...{ rows, notRun, directory: cluster.directory },
    tidy: (keepFiles) => {
      if (!keepFiles) return cluster.end();
      cluster.keepFiles();
      return cluster.killAll();
    },
  };
}

async function suffer(
  cluster: Cluster,
  good: GoodClient,
  attack: Attack,
  rest: { readonly durationMs: number; readonly random: SeededRandom },
): Promise<Row> {
  const { members } = cluster;
  members.forEach(forgetPeak);
  const before = await Promise.all(members.map(read));
  good.start(attack.fillsStore === true);
  let sighting;
  try {
    sighting = await within(ATTACK_ENDS_WITHIN_MS, attack.run({ cluster, ...rest }));
  } catch (error) {
    sighting = { broken: [`it went wrong: ${error instanceof Error ? error.message : String(error)}`], figures: '' };
  }
  const report = await good.stop();
  const aftermath = await compare(cluster, good);
  const after = await Promise.all(members.map((member, position) => settled(member, before[position]!)));
  return judge(attack, { before, after, good: report, sighting, aftermath });
}

/** An attack that waits for an answer that never comes did not hold. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${limitMs} ms`)), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Descriptors go when the connections are really over, which takes as long as a gentle end of each. */
async function settled(member: Cluster['members'][number], before: Reading): Promise<Reading> {
  let last = await read(member);
  for (let attempt = 0; attempt < 10 && last.descriptors > before.descriptors + 10; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    last = await read(member);
  }
  return last;
}

/** Takes what attacks left out of the store; then all members have to be healthy and to show the same. */
async function compare(cluster: Cluster, good: GoodClient): Promise<Aftermath> {
  try {
    await cluster.healthy(cluster.members, WELL_WITHIN_MS);
    await until('what the attack left is deleted', WELL_WITHIN_MS, async () => {
      const target = `/v2/keys${ABUSE}?recursive=true`;
      const { status } = await call(cluster.members[0]!.clientPort, { method: 'DELETE', target }, WELL_WITHIN_MS);
      return status === 200 || status === 404 || undefined;
    });
    const everything = '/v2/keys/?recursive=true&sorted=true';
    await until('the members show the same at the same index', WELL_WITHIN_MS, async () => {
      const answers = await Promise.all(cluster.members.map((member) => member.get(everything)));
      const seen = answers.map(({ status, headers, text }) => `${status} ${String(headers['x-etcd-index'])} ${text}`);
      return (answers[0]?.status === 200 && new Set(seen).size === 1) || undefined;
    });
    const listings = await Promise.all(cluster.members.map((member) => member.get(`/v2/keys${GOOD}`)));
    return { disagreement: undefined, missing: listings.flatMap(({ text }) => good.missingFrom(text)) };
  } catch (error) {
    return { disagreement: error instanceof Error ? error.message : String(error), missing: [] };
  }
}
