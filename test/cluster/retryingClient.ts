import type { ClusterMember } from './clusterMember';
import { call } from './httpClient';
import type { Answer, Call } from './httpClient';
import { startFairClock } from '../support/fairClock';
import { sleep } from './waiting';

/** What a stream of writes came to. */
export interface LoadReport {
  readonly acknowledged: readonly { readonly key: string; readonly value: string }[];
  /** Requests that failed on a member and then on the next. */
  readonly failures: readonly string[];
  /** The longest time between two acknowledgements, without that in which the machine had none for us. */
  readonly longestGapMs: number;
}

/** Asks a member and, if it does not answer or answers 5xx, the next one, once: what an ordinary client library does. */
export async function askTwice(members: readonly ClusterMember[], first: number, request: Call): Promise<Answer> {
  const answer = await call(members[first % members.length]!.clientPort, request).catch(() => undefined);
  if (answer !== undefined && answer.status < 500) return answer;
  return call(members[(first + 1) % members.length]!.clientPort, request);
}

/** Writes one key after the other, each first to another member, until `isOver`. */
export async function writeUntil(
  members: readonly ClusterMember[],
  name: string,
  isOver: () => boolean,
  pauseMs = 2,
  onAcknowledged: () => void = () => undefined,
): Promise<LoadReport> {
  const acknowledged: { key: string; value: string }[] = [];
  const failures: string[] = [];
  let longestGapMs = 0;
  let gapMs = startFairClock();
  for (let number = 0; !isOver(); number++) {
    const key = `/${name}/${number}`;
    const value = `${name}-${number}`;
    try {
      const answer = await askTwice(members, number, { method: 'PUT', target: `/v2/keys${key}`, form: { value } });
      if (answer.status >= 400) throw new Error(`${answer.status} ${answer.text}`);
      acknowledged.push({ key, value });
      onAcknowledged();
      longestGapMs = Math.max(longestGapMs, gapMs());
      gapMs = startFairClock();
    } catch (error) {
      failures.push(`${key}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await sleep(pauseMs);
  }
  return { acknowledged, failures, longestGapMs };
}

/** The keys whose acknowledged value a linearizable listing does not show. */
export async function missingFrom(member: ClusterMember, name: string, report: LoadReport): Promise<string[]> {
  const listing = JSON.parse((await member.get(`/v2/keys/${name}?quorum=true`)).text);
  const values = new Map<string, string>();
  for (const node of listing.node?.nodes ?? []) values.set(node.key, node.value);
  return report.acknowledged.filter(({ key, value }) => values.get(key) !== value).map(({ key }) => key);
}
