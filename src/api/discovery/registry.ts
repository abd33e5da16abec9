/** Where the discovery service keeps its tokens: plain keys, as in the service of etcd (spec cli-and-config section 4). */
import type { CreateCommand } from '../../machine/command';

/** Below it each token is a directory: the size of its cluster in `_config/size`, and a key for each member that came. */
export const REGISTRY = '/_etcd/registry';

/** The token that a path begins with: 32 lower-case hexadecimal digits. For the router too. */
export const TOKEN_PATH = /^\/[0-9a-f]{32}(?=\/|$)/;

/** Names of keys that a member may not write: the size is decided when the token is made. */
const CONFIG = '/_config';
const SIZE = `${CONFIG}/size`;

export interface TokenKey {
  /** The key that is meant. */
  readonly key: string;
  /** The methods it can be used with, in the order of an `Allow` header. */
  readonly methods: readonly string[];
}

/** The key behind `/TOKEN`, `/TOKEN/`, `/TOKEN/NAME` or `/TOKEN/_config/size`; undefined for any other path. */
export function tokenKeyOf(path: string): TokenKey | undefined {
  const token = TOKEN_PATH.exec(path)?.[0];
  if (token === undefined) return undefined;
  const below = path.slice(token.length).replace(/\/$/, '');
  const key = `${REGISTRY}${token}${below}`;
  if (below === '') return { key, methods: ['GET', 'PUT'] };
  if (below === CONFIG || below === SIZE) return { key, methods: ['GET'] };
  return below.indexOf('/', 1) < 0 ? { key, methods: ['GET', 'PUT', 'DELETE'] } : undefined;
}

/** The key of the token that a key is of or below. */
export function tokenOf(key: string): string {
  const end = key.indexOf('/', REGISTRY.length + 1);
  return end < 0 ? key : key.slice(0, end);
}

export function directoryOf(token: string): string {
  return `${REGISTRY}/${token}`;
}

export function sizeKeyOf(token: string): string {
  return `${REGISTRY}/${token}${SIZE}`;
}

/** Makes a token for a cluster of `size` members, unless it is there already (error 105). */
export function createTokenCommand(token: string, size: string, nowMs: number): CreateCommand {
  const path = sizeKeyOf(token);
  return { type: 'create', path, nowMs, dir: false, value: size, expirationMs: undefined, inOrder: false };
}
