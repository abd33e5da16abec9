import { DecodeError } from '../machine/bytes';
import { decodeChange } from '../machine/cluster/clusterRows';
import { looksLikeBatch } from '../machine/commandCodec';
import { configurationAfter } from './membershipRules';
import { OutdatedData } from './outdatedData';
import type { Verdict } from '../raft/border';
import { isSameConfiguration } from '../raft/configuration';
import type { Raft } from '../raft/raft';
import type { Configuration, Entry, Message } from '../raft/types';

/**
 * How far terms may rise on the word of others, at once and in each tick. A cluster that elects all day needs one a tick, and
 * whoever was away for years is behind by millions; at this pace the end of what can be counted is centuries away.
 */
const TERMS_MAX = 2 ** 24;
const TERMS_PER_TICK = 256;

/**
 * Where the other members' raft messages come in: what a sound member cannot have sent is kept from the core, which would end
 * this member over it, and from the disk, which would keep it. It looks at entries only as far as is cheap: the state machine
 * has an answer to each.
 */
export class MessageBorder {
  private termsLeft = TERMS_MAX;
  private readonly outdated: OutdatedData;

  constructor(private readonly raft: Raft) {
    this.outdated = new OutdatedData(raft);
  }

  /** One heartbeat interval has passed. */
  tick(): void {
    this.termsLeft = Math.min(TERMS_MAX, this.termsLeft + TERMS_PER_TICK);
  }

  /** What is to be done with a message. @throws OutdatedDataError if this member must not go on */
  judge(message: Message): Verdict {
    this.outdated.look(message);
    const { term } = this.raft;
    // Whoever has no term yet is joining: any is the first.
    if (term > 0 && message.term - term > this.termsLeft) {
      return { offence: `term ${message.term}, far beyond this member's ${term}` };
    }
    const verdict = this.raft.judge(message);
    if (verdict !== undefined || message.type !== 'appendRequest') return verdict;
    return this.judgeEntries(message.entries);
  }

  /** Hands a message to raft that was found in order. */
  step(message: Message): void {
    const { term } = this.raft;
    this.raft.step(message);
    if (term > 0) this.termsLeft -= this.raft.term - term;
  }

  private judgeEntries(entries: readonly Entry[]): Verdict {
    let configuration: Configuration | undefined;
    for (const entry of entries) {
      if (entry.kind === 'command' && !looksLikeBatch(entry.data)) {
        return { offence: `entry ${entry.index} is no batch of commands` };
      }
      if (entry.kind !== 'configuration') continue;
      const fault = faultOfConfiguration(entry.data, configuration, entry.configuration);
      if (fault !== undefined) return { offence: `entry ${entry.index}: ${fault}` };
      configuration = entry.configuration;
    }
    return undefined;
  }
}

/** The data of a configuration entry say in the words of the state machine what it changes. */
function faultOfConfiguration(
  data: Uint8Array,
  before: Configuration | undefined,
  after: Configuration,
): string | undefined {
  try {
    const { change } = decodeChange(data);
    // What is made again of the configuration that it made is the same once more.
    const fits = isSameConfiguration(configurationAfter(before ?? after, change), after);
    return fits ? undefined : `a configuration that is not the one after ${change.type} of ${change.id}`;
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}
