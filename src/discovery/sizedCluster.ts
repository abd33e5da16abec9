/** The discovery protocol of etcd 2: the token says how many members found the cluster, and the first so many do. */
import { ClusterFullError, JoinError, type Beginning, type ListedCluster } from './beginning';
import type { DiscoveryOptions } from './discoveryOptions';
import { OwnKey } from './note';
import { Retry } from './retry';
import {
  foundersOf,
  refuseDuplicates,
  refuseOtherSpellings,
  registrationValue,
  type Registration,
} from './registrations';
import { RegistryUnavailable } from './registry';
import { askAny, inBrackets, joinOrAdd } from './runningCluster';
import { beginFromStaticList } from './staticList';

/** A watch that ends sooner than this is followed by a pause. */
const HASTY_MS = 1000;

/** Where this member stands, going by one look at the token. */
type Standing =
  | { readonly kind: 'unregistered'; readonly all: readonly Registration[] }
  | { readonly kind: 'full'; readonly founders: readonly Registration[] }
  /** Registered by this data directory, or without `noted` by one that is lost. */
  | { readonly kind: 'waiting' | 'complete'; readonly noted: boolean; readonly founders: readonly Registration[] };

/**
 * Registers and waits until `size` members have. Rejects with ClusterFullError if they had before, with JoinError, and with
 * the signal's reason when the process is asked to stop.
 */
export async function beginWithSize(options: DiscoveryOptions, size: number): Promise<Beginning> {
  return new SizedCluster(options, size).begin();
}

class SizedCluster {
  private readonly own: Registration;
  private readonly value: string;
  private readonly ownKey: OwnKey;
  private readonly retry: Retry;
  private hasRegistered = false;

  constructor(
    private readonly options: DiscoveryOptions,
    private readonly size: number,
  ) {
    const { name, peerURLs, foundingId, registry, notes } = options;
    this.own = { id: foundingId, name, peerURLs };
    this.value = registrationValue(this.own);
    this.ownKey = new OwnKey(notes, { protocol: '2.3', url: registry.url, key: foundingId, value: this.value });
    this.retry = new Retry(options.environment);
  }

  async begin(): Promise<Beginning> {
    for (;;) {
      try {
        const { standing, index } = await this.look();
        const beginning = await this.act(standing);
        if (beginning !== undefined) return beginning;
        if (standing.kind === 'waiting') await this.watch(index);
      } catch (error) {
        if (!(error instanceof RegistryUnavailable)) throw error;
        this.retry.warn(
          { url: this.options.registry.shown },
          `the discovery service cannot be asked (${error.message}); waiting for it`,
        );
        await this.retry.wait();
      }
    }
  }

  /** A service that answers watches at once, for whatever reason, is not asked without pause. */
  private async watch(index: number): Promise<void> {
    const { clock } = this.options.environment;
    const beganAtMs = clock.monotonicMs();
    await this.options.registry.changedAfter(index);
    if (clock.monotonicMs() - beganAtMs < HASTY_MS) await this.retry.wait();
    else this.retry.reset();
  }

  private async look(): Promise<{ standing: Standing; index: number }> {
    const found = await this.options.registry.get('');
    if (found.kind !== 'directory') throw tokenNotFound(this.options.registry.shown, found);
    const position = found.nodes.findIndex(({ name }) => name === this.own.id);
    const founders = foundersOf(found.nodes, this.size);
    const { index } = found;
    if (position >= this.size || (position < 0 && founders.length >= this.size)) {
      return { standing: { kind: 'full', founders }, index };
    }
    // Not before: whoever comes too late founds nothing, and finds the cluster of the others by whatever URL.
    refuseOtherSpellings(founders, this.options.registry);
    if (position < 0) return { standing: { kind: 'unregistered', all: founders }, index };
    const stored = found.nodes[position]?.value ?? '';
    if (stored !== this.value) throw duplicateId(this.own.id, `is registered as ${stored}`);
    const kind = founders.length === this.size ? 'complete' : 'waiting';
    return { standing: { kind, noted: await this.ownKey.noted(), founders }, index };
  }

  /** One step; undefined: look again. */
  private async act(standing: Standing): Promise<Beginning | undefined> {
    switch (standing.kind) {
      case 'unregistered':
        refuseDuplicates(this.own, standing.all);
        if (this.hasRegistered) await this.waitUnlisted();
        await this.register();
        this.hasRegistered = true;
        return undefined;
      case 'full':
        throw new ClusterFullError(
          this.options.registry.shown,
          this.size,
          standing.founders.flatMap(({ peerURLs }) => peerURLs),
          this.clusterIdOf(standing.founders),
        );
      case 'waiting':
        this.sayWaiting(standing.founders.length, standing.noted);
        return undefined;
      case 'complete':
        for (const founder of standing.founders) refuseDuplicates(founder, standing.founders);
        return standing.noted ? this.found(standing.founders) : this.comeBack(standing.founders);
    }
  }

  private async register(): Promise<void> {
    const { registry, environment } = this.options;
    const outcome = await this.ownKey.create(() => registry.create(this.own.id, this.value));
    if (outcome === 'taken') throw duplicateId(this.own.id, 'was registered by another process in this moment');
    environment.log.info({ url: registry.shown, member: this.own.id }, 'registered with the discovery service');
  }

  /** A service that confirms a registration and does not list it is not asked without pause. */
  private async waitUnlisted(): Promise<void> {
    this.retry.warn(
      { url: this.options.registry.shown, member: this.own.id },
      'the discovery service confirmed the registration of this member and does not list it; it is tried again. If that ' +
        'goes on, the service loses what it is told, or its tokens are deleted: use a new token',
    );
    await this.retry.wait();
  }

  private sayWaiting(registered: number, noted: boolean): void {
    const { registry } = this.options;
    const missing = this.size - registered;
    const lost = noted ? '' : '; this member was among them before its data was lost';
    this.retry.info(
      { url: registry.shown, registered, size: this.size },
      `${registered} of ${this.size} members registered; waiting for ${missing} more${lost}`,
    );
  }

  private async found(founders: readonly Registration[]): Promise<Beginning> {
    const { options } = this;
    const cluster = await askAny(this.othersOf(founders), options.fetchMembers);
    if (cluster !== undefined) ofToken(options.registry.shown, this.clusterIdOf(founders), cluster);
    return beginFromStaticList({
      ...options,
      founders: founders.map(({ name, peerURLs }) => ({ name, peerURLs })),
      state: 'new',
      token: options.registry.url,
    });
  }

  /**
   * This member registered with a data directory that is gone, and may have voted and acknowledged writes since. So it never
   * founds again: it waits for the others to run and comes in as a new member.
   */
  private async comeBack(founders: readonly Registration[]): Promise<Beginning | undefined> {
    const { registry, fetchMembers, autoRejoin } = this.options;
    const others = this.othersOf(founders);
    if (others.length === 0) throw this.lostAlone();
    if (!autoRejoin) {
      throw new JoinError(
        `discovery: member ${this.own.id} (${this.own.name}) has registered at ${registry.shown} before, but its data ` +
          'directory is empty; remove it from the cluster and add it again, or set --auto-rejoin to let it do so by itself',
      );
    }
    let reasons: readonly string[] = [];
    const cluster = await askAny(others, fetchMembers, (trouble) => (reasons = trouble.reasons));
    if (cluster === undefined) {
      this.retry.warn(
        { url: registry.shown, member: this.own.id },
        `this member registered before and its data is lost, so it cannot found the cluster; waiting until one of ` +
          `${others.join(', ')} answers${inBrackets(reasons)} (if all members lost their data, use a new token)`,
      );
      await this.retry.wait();
      return undefined;
    }
    return joinOrAdd(this.options, ofToken(registry.shown, this.clusterIdOf(founders), cluster), this.own.id);
  }

  /** Peer URLs. */
  private othersOf(founders: readonly Registration[]): readonly string[] {
    return founders.filter(({ id }) => id !== this.own.id).flatMap(({ peerURLs }) => peerURLs);
  }

  private clusterIdOf(founders: readonly Registration[]): string {
    return this.options.clusterIdOf(founders.map(({ id }) => id));
  }

  private lostAlone(): JoinError {
    const { registry } = this.options;
    return new JoinError(
      `discovery: member ${this.own.id} has previously registered at ${registry.shown}, but its data directory is empty, and ` +
        'there is no other member to get the data from; bring the data directory back, or use a new token',
    );
  }
}

/**
 * What a member that is registered at the URL says of its cluster, which is as old as the token, whoever its members are by now.
 *
 * @throws JoinError if it is another one than those registered make
 */
export function ofToken(shownUrl: string, clusterId: string, cluster: ListedCluster): ListedCluster {
  if (cluster.clusterId === clusterId) return cluster;
  throw new JoinError(
    `discovery: a member registered at ${shownUrl} belongs to the cluster ${cluster.clusterId}, and ` +
      `those registered would make ${clusterId}; a token is good for one cluster: use a new one`,
  );
}

function duplicateId(id: string, what: string): JoinError {
  return new JoinError(
    `discovery: found duplicate id: ${id}, which is made from this member's peer URLs, ${what}; give every member its own ` +
      '--initial-advertise-peer-urls, and keep its --name, or use a new token',
  );
}

/** Throws for a token that was there and no longer is, or never was a directory. */
function tokenNotFound(url: string, found: { readonly kind: 'file' | 'missing'; readonly error?: string }): JoinError {
  const why = found.kind === 'missing' ? (found.error ?? 'no such key') : 'it is a key with a value, not a directory';
  return new JoinError(
    `discovery: token not found: ${url}: ${why}; get a new token, or correct the URL of --discovery`,
  );
}
