/** What a configuration may look like, how it may change, and which one is in force. */
import { RaftInvariantError } from './errors';
import type { Configuration, Entry, MemberId } from './types';

/** The order of ids everywhere in this folder: by their value as numbers. */
export function compareIds(left: MemberId, right: MemberId): number {
  if (left.length !== right.length) return left.length - right.length;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The same members in canonical order. */
export function sortedConfiguration(configuration: Configuration): Configuration {
  return {
    voters: [...configuration.voters].sort(compareIds),
    learners: [...configuration.learners].sort(compareIds),
  };
}

/** Whether the same members vote, and the same ones listen; in whatever order they are listed. */
export function isSameConfiguration(one: Configuration, other: Configuration): boolean {
  return isSame(one.voters, other.voters) && isSame(one.learners, other.learners);
}

function isSame(one: readonly MemberId[], other: readonly MemberId[]): boolean {
  const others = new Set(other);
  return one.length === other.length && one.every((id) => others.has(id));
}

type Seat = 'voter' | 'learner';

function seats(configuration: Configuration): Map<MemberId, Seat> {
  const result = new Map<MemberId, Seat>();
  for (const id of configuration.voters) result.set(id, 'voter');
  for (const id of configuration.learners) result.set(id, 'learner');
  return result;
}

/**
 * Whether `next` may follow `current`: at least one voter, nobody listed twice, and at most one member whose seat differs,
 * so that any majority of the one shares a member with any majority of the other (thesis section 4.1).
 */
export function isValidChange(current: Configuration, next: Configuration): boolean {
  const before = seats(current);
  const after = seats(next);
  if (next.voters.length === 0 || after.size !== next.voters.length + next.learners.length) return false;
  let changes = 0;
  for (const [id, seat] of after) if (before.get(id) !== seat) changes += 1;
  for (const id of before.keys()) if (!after.has(id)) changes += 1;
  return changes <= 1;
}

/** A configuration and the index of the entry that brought it (or the log's start). */
export interface PlacedConfiguration {
  readonly index: number;
  readonly configuration: Configuration;
}

/**
 * The configurations that the log holds, oldest first. The newest is in force, committed or not (thesis section 4.1), and
 * comes off again when its entry is truncated.
 */
export class ConfigurationHistory {
  private placed: PlacedConfiguration[];

  constructor(start: PlacedConfiguration) {
    this.placed = [{ index: start.index, configuration: sortedConfiguration(start.configuration) }];
  }

  /** The one in force. */
  get latest(): PlacedConfiguration {
    return this.at(this.placed.length - 1);
  }

  /** The one in force at `index`, which must not be before the log's start. */
  inForceAt(index: number): Configuration {
    for (let position = this.placed.length - 1; position >= 0; position -= 1) {
      const candidate = this.at(position);
      if (candidate.index <= index) return candidate.configuration;
    }
    throw new RaftInvariantError(`no configuration is known at index ${index}`);
  }

  appended(entry: Entry): void {
    if (entry.kind === 'configuration') {
      this.placed.push({ index: entry.index, configuration: sortedConfiguration(entry.configuration) });
    }
  }

  /** Entries from `index` on are gone. */
  truncated(index: number): void {
    while (this.placed.length > 1 && this.latest.index >= index) this.placed.pop();
  }

  /** The log now starts at `index`. */
  compacted(index: number): void {
    let oldest = 0;
    while (oldest + 1 < this.placed.length && this.at(oldest + 1).index <= index) oldest += 1;
    if (oldest > 0) this.placed = this.placed.slice(oldest);
  }

  private at(position: number): PlacedConfiguration {
    const found = this.placed[position];
    if (found === undefined) throw new RaftInvariantError('the log has no configuration');
    return found;
  }
}
