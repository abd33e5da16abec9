/** The members of a token, for a process that is not going to be one of them. */
import { clusterIdOf } from '../member/identity';
import { JoinError } from './beginning';
import type { Environment } from './environment';
import { foundersOf } from './registrations';
import { Retry } from './retry';
import { RegistryUnavailable } from './registry';
import type { Registry, RegistryNode } from './registry';
import { kindOfToken, type Protocol, type TokenKind } from './tokenKind';

/** Whom to ask who the members are. */
export interface RegisteredPeers {
  /** Of members; one that answers is enough. */
  readonly peerURLs: readonly string[];
  /** Of the cluster that they make, where the token is full; undefined: that of the first one that answers. */
  readonly clusterId: string | undefined;
}

/**
 * Those that are registered, by both protocols. Waits until there are any; rejects with JoinError if there is no such token or no member would
 * begin by it, and with the signal's reason when the process is asked to stop.
 */
export async function registeredPeers(
  registry: Pick<Registry, 'shown' | 'get'>,
  environment: Environment,
  protocol: Protocol,
): Promise<RegisteredPeers> {
  const { shown: url } = registry;
  const kind = await kindOfToken(registry, environment, protocol);
  const retry = new Retry(environment);
  for (;;) {
    try {
      const found = await registry.get('');
      if (found.kind === 'missing') {
        throw new JoinError(`discovery: ${url}: ${found.error}; make the token first, or correct --discovery`);
      }
      const peers = peersOf(found.kind === 'directory' ? found.nodes : [], kind);
      if (peers.peerURLs.length > 0) return peers;
      retry.info({ url }, 'no member has registered at the discovery URL yet; waiting for one');
    } catch (error) {
      if (!(error instanceof RegistryUnavailable)) throw error;
      retry.warn({ url }, `the discovery service cannot be asked (${error.message}); waiting for it`);
    }
    await retry.wait();
  }
}

/** With a size the first so many found the cluster, and who came after them is no member of it, or one that they know. */
function peersOf(nodes: readonly RegistryNode[], kind: TokenKind): RegisteredPeers {
  if (kind.protocol === '0.4') return { peerURLs: nodes.flatMap(({ value }) => urlsOf(value)), clusterId: undefined };
  const founders = foundersOf(nodes, kind.size);
  const isFull = founders.length === kind.size;
  return {
    peerURLs: founders.flatMap(({ peerURLs }) => peerURLs),
    clusterId: isFull ? clusterIdOf(founders.map(({ id }) => id)) : undefined,
  };
}

/** The bare URL of the 0.4 protocol, or `name=url,name=url` of the 2.3 protocol, where its size is not there any more. */
function urlsOf(value: string): readonly string[] {
  return value
    .split(',')
    .map((entry) => entry.replace(/^[^=:]*=/, ''))
    .filter((url) => /^https?:\/\/\S+$/.test(url));
}
