/** The members of a token, for a process that is not going to be one of them. */
import { JoinError } from './beginning';
import type { Environment } from './environment';
import { Retry } from './retry';
import { RegistryUnavailable } from './registry';
import type { Registry } from './registry';

/**
 * The peer URLs that are registered, of both protocols. Waits until there are any; rejects with JoinError if there is no such
 * token, and with the signal's reason when the process is asked to stop.
 */
export async function registeredPeers(
  registry: Pick<Registry, 'shown' | 'get'>,
  environment: Environment,
): Promise<readonly string[]> {
  const retry = new Retry(environment);
  const { shown: url } = registry;
  for (;;) {
    try {
      const found = await registry.get('');
      if (found.kind === 'missing') {
        throw new JoinError(`discovery: ${url}: ${found.error}; make the token first, or correct --discovery`);
      }
      const nodes = found.kind === 'directory' ? found.nodes : [];
      const peerUrls = nodes.flatMap(({ value }) => urlsOf(value));
      if (peerUrls.length > 0) return peerUrls;
      retry.info({ url }, 'no member has registered at the discovery URL yet; waiting for one');
    } catch (error) {
      if (!(error instanceof RegistryUnavailable)) throw error;
      retry.warn({ url }, `the discovery service cannot be asked (${error.message}); waiting for it`);
    }
    await retry.wait();
  }
}

/** `name=url,name=url` of the 2.3 protocol, or the bare URL of the 0.4 protocol. */
function urlsOf(value: string): readonly string[] {
  return value
    .split(',')
    .map((entry) => entry.replace(/^[^=:]*=/, ''))
    .filter((url) => /^https?:\/\/\S+$/.test(url));
}
