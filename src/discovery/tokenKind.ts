/** Which protocol a token is of, and for how many members: for those that register, and for a proxy, which does not. */
import { JoinError } from './beginning';
import type { Environment } from './environment';
import { Retry } from './retry';
import { RegistryUnavailable, type Found, type Registry } from './registry';

export type Protocol = 'auto' | '2.3' | '0.4';

const SIZE_KEY = '_config/size';
const SIZE_MAX = 1000;

/** How the token wants members to begin. */
export type TokenKind = { readonly protocol: '0.4' } | { readonly protocol: '2.3'; readonly size: number };

/** Waits for the service. Rejects with JoinError in etcd's words, and with the signal's reason when the process is asked to stop. */
export async function kindOfToken(
  registry: Pick<Registry, 'shown' | 'get'>,
  environment: Environment,
  protocol: Protocol,
): Promise<TokenKind> {
  if (protocol === '0.4') return { protocol };
  const retry = new Retry(environment);
  for (;;) {
    try {
      let size = await registry.get(SIZE_KEY);
      // The tokens of 0.4 are directories without a size; where there is nothing at all, the URL is more likely wrong.
      const isOlder = size.kind === 'missing' && protocol === 'auto' && (await registry.get('')).kind === 'directory';
      // A token of 2.3 may have been made between the two looks: its directory comes into being with its size.
      if (isOlder) size = await registry.get(SIZE_KEY);
      if (size.kind === 'file') return { protocol: '2.3', size: parseSize(size.value, registry.shown) };
      if (isOlder && size.kind === 'missing') return { protocol: '0.4' };
      throw sizeNotFound(size, registry.shown);
    } catch (error) {
      if (!(error instanceof RegistryUnavailable)) throw error;
      retry.warn({ url: registry.shown }, `the discovery service cannot be asked (${error.message}); waiting for it`);
      await retry.wait();
    }
  }
}

/** Throws JoinError in etcd's words. */
function parseSize(text: string, url: string): number {
  const size = /^\+?\d{1,9}$/.test(text) ? Number(text) : 0;
  if (size >= 1 && size <= SIZE_MAX) return size;
  throw new JoinError(
    `discovery: size key is bad: ${url}/${SIZE_KEY} is ${JSON.stringify(text.slice(0, 80))}, not a number from 1 to ` +
      `${SIZE_MAX}; set it right, or get a new token`,
  );
}

function sizeNotFound(found: Found, url: string): JoinError {
  const why = found.kind === 'missing' ? found.error : 'it is a directory';
  return new JoinError(
    `discovery: size key not found: ${why}; get a new token, correct the URL ${url}, or set _config/size of the token to ` +
      'the number of members',
  );
}
