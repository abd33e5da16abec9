/** How long the proxy waits for the first byte of an answer. */
import type { ProxiedTarget } from './environment';

/**
 * How long a member may be silent after it has the whole request. Watches are not meant: the headers of v2 come at once, and of v1 with the
 * event. Nor are those who wait for a lock. A plain read is answered from memory, and a linearizable one fails after some seconds where
 * there is no leader, so another member is asked soon. A write that was sent cannot be sent again, so nothing is gained by giving it up.
 */
const READ_TIMEOUT_MS = 5_000;
const QUORUM_READ_TIMEOUT_MS = 10_000;
const WRITE_TIMEOUT_MS = 60_000;

/**
 * How long a member may take nothing of a body that is there for it. It reads bodies as they come, so this one stands still. Less than a client
 * has for a whole request (`--request-receive-timeout`, 60 s), so that it is not the client that is blamed; and one that did not take the whole
 * of a write does not carry it out, so nothing is lost.
 */
export const BODY_TIMEOUT_MS = 10_000;

/** What waits for a lock, as long as it takes; who has it is read from a majority. */
const LOCK_ROUTE = /^\/mod\/v2\/(?:lock|leader)\//;

/** It answers nothing before there is an event, or goes on for ever. */
const V1_WATCH = /^\/v1\/watch\//;

const KEYS_ROUTE = /^\/v2\/keys(?:\/|$)/;

/** What says yes in a query, as in Go. */
const YES: ReadonlySet<string | null> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/** Whoever renews a lock or gives it back is answered at once, and does not wait. */
const LOCK_WAITS: Readonly<Record<string, RegExp>> = {
  POST: /^\/mod\/v2\/lock\//,
  PUT: /^\/mod\/v2\/leader\//,
};

/** The log of a cluster, as it grows. */
const LOG = '/v2/admin/log';

const QUORUM_READ = ['quorum', 'consistent'];

/**
 * Undefined: it may take any time.
 *
 * @param isRead it can be asked of another member too
 */
export function answerTimeoutMs(isRead: boolean, { path, query }: ProxiedTarget): number | undefined {
  if (V1_WATCH.test(path)) return undefined;
  const isLock = LOCK_ROUTE.test(path);
  if (!isRead) return isLock ? undefined : WRITE_TIMEOUT_MS;
  return isLock || asksForQuorum(query) ? QUORUM_READ_TIMEOUT_MS : READ_TIMEOUT_MS;
}

/**
 * Whoever closes his half of the connection waits for no answer to these any more: members end them then, too. What is answered at once, or is
 * only long, he still gets.
 */
export function waitsForNews(method: string, { path, query }: ProxiedTarget): boolean {
  if (V1_WATCH.test(path)) return true;
  if (method !== 'GET') return LOCK_WAITS[method]?.test(path) ?? false;
  return path === LOG || (KEYS_ROUTE.test(path) && asksToWait(query));
}

/** The first one counts where it is given more than once, as for members. */
function asksToWait(query: string): boolean {
  return query !== '' && YES.has(new URLSearchParams(query).get('wait'));
}

function asksForQuorum(query: string): boolean {
  if (query === '') return false;
  const parameters = new URLSearchParams(query);
  return QUORUM_READ.some((name) => parameters.has(name));
}
