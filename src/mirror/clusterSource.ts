/** The keys below a prefix, of a cluster. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type Client } from '../client/client';
import { credentialsOf } from '../client/credentials';
import { ERROR_CODES, isEtcdError } from '../client/errors';
import type { KeyNode } from '../client/keyEvent';
import type { Dial } from '../platform/dial';
import type { Entry, ListingLimits } from './listing';
import type { Listed, Source } from './source';

const LIST_TIMEOUT_MS = 30_000;
/** After a watch that failed: a member that lists and does not let anybody watch is not asked without a break. */
const PAUSE_MS = 200;
/** All members are asked so often before it is a failure; then the mirror waits, and says so. */
const ROUNDS_MAX = 2;

/** What a node takes in an answer besides its name and value; `<` is written as `\\u003c`, and so are some others. */
const NODE_BYTES = 1024;
const LETTER_BYTES = 6;
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;

/** How the cluster is reached. */
export interface Reach {
  readonly urls: readonly string[];
  readonly dial: Dial;
  /** `NAME:PASSWORD`. */
  readonly user?: string | undefined;
}

export interface ClusterSource extends Source {
  /** Ends what is under way. */
  close(): void;
}

/** @param reach - asked again after each failure, since passwords and certificates may have changed; it may reject */
export function clusterSource(prefix: string, limits: ListingLimits, reach: () => Promise<Reach>): ClusterSource {
  return new Cluster(prefix, limits, reach);
}

class Cluster implements ClusterSource {
  private client: Client | undefined;

  constructor(
    private readonly prefix: string,
    private readonly limits: ListingLimits,
    private readonly reach: () => Promise<Reach>,
  ) {}

  async list(signal: AbortSignal): Promise<Listed> {
    const { prefix } = this;
    const { keysMax, bytesMax } = this.limits;
    const answerBytesMax = Math.min(ANSWER_BYTES_MAX, LETTER_BYTES * bytesMax + NODE_BYTES * (keysMax + 1));
    try {
      this.client ??= await this.connect();
      const options = { recursive: true, quorum: true, timeoutMs: LIST_TIMEOUT_MS, answerBytesMax, signal };
      const { node, index } = await this.client.keys.get(prefix, options);
      if (!node.dir) return { kind: 'key', index };
      return { kind: 'directory', listing: { index, entries: entriesBelow(node, prefix) } };
    } catch (error) {
      if (isEtcdError(error, ERROR_CODES.keyNotFound)) return { kind: 'missing', index: error.index };
      this.close();
      throw error;
    }
  }

  async *changes(index: number, signal: AbortSignal): AsyncIterable<number> {
    this.client ??= await this.connect();
    const troubles: Error[] = [];
    const watch = this.client.watch(this.prefix, {
      // It never compares: at the first trouble it ends.
      ...{ recursive: true, from: { index, node: undefined }, signal },
      // It would go on by itself; but whether anybody answers is for all to see, so the prefix is listed again.
      onTrouble: (error) => {
        troubles.push(error);
        void watch.return();
      },
    });
    try {
      for await (const change of watch) yield change.index;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (troubles.length > 0) await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }

  close(): void {
    this.client?.close();
    this.client = undefined;
  }

  private async connect(): Promise<Client> {
    const { urls, dial, user } = await this.reach();
    return createClient({ endpoints: urls, dial, auth: credentialsOf(user), roundsMax: ROUNDS_MAX });
  }
}

function entriesBelow(directory: KeyNode, prefix: string): readonly Entry[] {
  const above = prefix === '/' ? 1 : prefix.length + 1;
  const entries: Entry[] = [];
  const waiting = [...directory.nodes];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.dir) for (const below of node.nodes) waiting.push(below);
    else entries.push({ path: node.key.slice(above).split('/'), value: node.value ?? '' });
  }
  return entries;
}
