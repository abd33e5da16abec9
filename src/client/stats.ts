/** `/v2/stats`: what a member counts of itself. */
import { jsonOf, notUnderstood } from './answer';
import { ask, type Call, type CallOptions, type Via } from './http';
import { isRecord, textOf } from './json';

export interface SelfStats {
  readonly name: string;
  /** Hexadecimal. */
  readonly id: string;
  /** StateLeader, StateFollower or StateCandidate. */
  readonly state: string;
  /** RFC 3339. */
  readonly startTime: string;
  /** Hexadecimal; empty if it knows of none. */
  readonly leaderId: string;
  /** As it came: the rest has the names that etcd gives it. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Of a leader, about those who follow it. */
export interface LeaderStats {
  /** Hexadecimal. */
  readonly leader: string;
  /** By the hexadecimal id. */
  readonly followers: ReadonlyMap<string, FollowerStats>;
}

export interface FollowerStats {
  readonly latencyMs: {
    readonly current: number;
    readonly average: number;
    readonly standardDeviation: number;
    readonly minimum: number;
    readonly maximum: number;
  };
  readonly counts: { readonly fail: number; readonly success: number };
}

/** Counts of one member. With several endpoints it is not said which one answers: use `client.at(endpoint).stats`. */
export class Stats {
  constructor(private readonly via: Via) {}

  async self(options: CallOptions = {}): Promise<SelfStats> {
    const raw = await read(this.via, 'self', options);
    const info = isRecord(raw['leaderInfo']) ? raw['leaderInfo'] : {};
    return {
      ...{ name: textOf(raw['name']) ?? '', id: textOf(raw['id']) ?? '', state: textOf(raw['state']) ?? '' },
      ...{ startTime: textOf(raw['startTime']) ?? '', leaderId: textOf(info['leader']) ?? '', raw },
    };
  }

  /** Operations on the store by kind, such as `setsSuccess`, and `watchers`. */
  async store(options: CallOptions = {}): Promise<Readonly<Record<string, number>>> {
    const raw = await read(this.via, 'store', options);
    return Object.fromEntries(Object.entries(raw).filter((entry): entry is [string, number] => isNumber(entry[1])));
  }

  /** RefusedError with status 403 from a member that does not lead. */
  async leader(options: CallOptions = {}): Promise<LeaderStats> {
    const raw = await read(this.via, 'leader', options);
    const followers = isRecord(raw['followers']) ? raw['followers'] : {};
    return {
      leader: textOf(raw['leader']) ?? '',
      followers: new Map(Object.entries(followers).map(([id, value]) => [id, followerOf(value)])),
    };
  }
}

async function read(via: Via, what: string, options: CallOptions): Promise<Readonly<Record<string, unknown>>> {
  const call: Call = { method: 'GET', path: `/v2/stats/${what}` };
  const answer = await ask(via, call, options);
  const body = jsonOf(call, answer);
  if (!isRecord(body)) throw notUnderstood(call, answer, 'it is no object');
  return body;
}

function followerOf(value: unknown): FollowerStats {
  const { latency, counts } = isRecord(value) ? value : {};
  const [times, numbers] = [isRecord(latency) ? latency : {}, isRecord(counts) ? counts : {}];
  const of = (record: Readonly<Record<string, unknown>>, name: string): number =>
    isNumber(record[name]) ? record[name] : 0;
  return {
    latencyMs: {
      ...{ current: of(times, 'current'), average: of(times, 'average') },
      ...{ standardDeviation: of(times, 'standardDeviation') },
      ...{ minimum: of(times, 'minimum'), maximum: of(times, 'maximum') },
    },
    counts: { fail: of(numbers, 'fail'), success: of(numbers, 'success') },
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
