/** The discovery protocol of etcd 0.4: whoever creates `_state` first is the cluster, and the others join it. */
import { JoinError, type Beginning } from './beginning';
import type { DiscoveryOptions } from './discoveryOptions';
import { sleep } from './environment';
import { OwnKey } from './note';
import { Retry } from './retry';
import { RegistryUnavailable, type Registry } from './registry';
import { askAny, inBrackets, joinOrAdd } from './runningCluster';

const STATE_KEY = '_state';
/** A week, as in etcd 0.4; said again each eighth of it. */
const TTL_SECONDS = 604_800;
const REFRESH_MS = (TTL_SECONDS * 1000) / 8;

/**
 * Registers under its name; founds a cluster of one if it is the first, else joins that of the others. Rejects with JoinError,
 * and with the signal's reason when the process is asked to stop.
 */
export async function beginWithFirstLeader(options: DiscoveryOptions): Promise<Beginning> {
  const { registry, notes, name, environment } = options;
  // etcd 0.4 writes `started` and nobody reads it; with the name in it the winner knows itself again after a crash.
  const claim = `started ${name}`;
  const ownKey = new OwnKey(notes, { protocol: '0.4', url: registry.url, key: name, value: claim });
  const retry = new Retry(environment);
  for (;;) {
    try {
      const beginning = await attempt(options, ownKey, claim, retry);
      if (beginning?.kind === 'join') {
        // Not the note of a claim: it only says to go on renewing the registration.
        await notes.write({ protocol: '0.4', url: registry.url, key: name, value: '' });
      }
      if (beginning !== undefined) return beginning;
    } catch (error) {
      if (!(error instanceof RegistryUnavailable)) throw error;
      retry.warn({ url: registry.shown }, `the discovery service cannot be asked (${error.message}); waiting for it`);
    }
    await retry.wait();
  }
}

async function attempt(
  options: DiscoveryOptions,
  ownKey: OwnKey,
  claim: string,
  retry: Retry,
): Promise<Beginning | undefined> {
  const { registry, name, peerURLs, environment } = options;
  await registry.set(name, peerURLs[0] ?? '', TTL_SECONDS);
  const state = await registry.get(STATE_KEY);
  const winner = state.kind === 'file' ? state.value : await claimState(registry, ownKey, claim);
  if (winner === claim && (await ownKey.noted())) {
    environment.log.info({ url: registry.shown }, 'first at the discovery service: this member is the initial leader');
    return { kind: 'found', founders: [{ name, peerURLs }], token: registry.url };
  }
  const others = await otherMembers(registry, name);
  let reasons: readonly string[] = [];
  const cluster = await askAny(others, options.fetchMembers, (trouble) => (reasons = trouble.reasons));
  if (cluster !== undefined) return joinOrAdd(options, cluster, winner === claim ? options.foundingId : undefined);
  retry.warn(
    { url: registry.shown },
    `the cluster was begun by another member; waiting until one of ${others.join(', ')} answers${inBrackets(reasons)}`,
  );
  return undefined;
}

/** What the key holds then. */
async function claimState(registry: Registry, ownKey: OwnKey, claim: string): Promise<string> {
  await ownKey.create(() => registry.create(STATE_KEY, claim));
  const state = await registry.get(STATE_KEY);
  return state.kind === 'file' ? state.value : '';
}

async function otherMembers(registry: Registry, name: string): Promise<readonly string[]> {
  const found = await registry.get('');
  const nodes = found.kind === 'directory' ? found.nodes : [];
  const others = nodes.filter((node) => node.name !== name).map(({ value }) => value);
  if (others.length > 0) return others;
  throw new JoinError(
    'Discovery found an initialized cluster but no reachable peers are registered. ' +
      `Use a new token instead of ${registry.shown}, or wait until its members have registered again`,
  );
}

/** Says again each 21 hours that the member is there. Ends when the process is asked to stop. */
export async function keepRegistered(
  options: Pick<DiscoveryOptions, 'registry' | 'name' | 'peerURLs' | 'environment'>,
): Promise<void> {
  const { registry, name, peerURLs, environment } = options;
  const retry = new Retry(environment, REFRESH_MS);
  for (;;) {
    try {
      await registry.set(name, peerURLs[0] ?? '', TTL_SECONDS);
      retry.reset();
      await sleep(environment, REFRESH_MS);
    } catch (error) {
      if (error === environment.signal.reason) return;
      const reason = error instanceof Error ? error.message : String(error);
      retry.warn({ url: registry.shown }, `the registration at the discovery service cannot be renewed (${reason})`);
    }
    const stopped = await retry.wait().then(
      () => false,
      () => true,
    );
    if (stopped) return;
  }
}
