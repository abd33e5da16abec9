/** What two members say to each other before a stream begins: HTTP/1.1 headers with etcd's names. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Identity, Levels } from './context';
import { isNonce } from './wire/confirmCodec';
import { WIRE_VERSION } from './wire/frames';

/** The kinds of streams, as in the `Upgrade` header. */
export type StreamProtocol = 'cairn-raft/1' | 'cairn-snapshot/1';

/** Where each kind is asked for, and how log lines call it. */
export const STREAMS = {
  'cairn-raft/1': { path: '/raft', name: 'Message' },
  'cairn-snapshot/1': { path: '/raft/snapshot', name: 'Snapshot' },
} as const satisfies Record<StreamProtocol, { path: string; name: string }>;

/** Why a handshake is refused. */
export type Refusal =
  | { readonly kind: 'protocol' }
  | { readonly kind: 'wire'; readonly theirs: string }
  | { readonly kind: 'clusterMismatch'; readonly from: string; readonly theirs: string }
  | { readonly kind: 'foundationMismatch'; readonly from: string; readonly theirs: string }
  | { readonly kind: 'memberMismatch'; readonly from: string; readonly asked: string }
  | { readonly kind: 'version'; readonly from: string; readonly theirs: string }
  | { readonly kind: 'level'; readonly from: string; readonly theirs: Levels }
  | { readonly kind: 'removed'; readonly from: string; readonly nonce: string }
  | { readonly kind: 'unknown'; readonly from: string }
  | { readonly kind: 'nonce' }
  | { readonly kind: 'busy'; readonly from: string };

export type Verdict =
  | {
      readonly ok: true;
      readonly from: string;
      readonly protocol: StreamProtocol;
      /** What the member that the caller says it is can be asked about. */
      readonly nonce: string;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** Who may connect. */
export interface Membership {
  isPeer(id: string): boolean;
  isRemoved(id: string): boolean;
  /** Another stream of this peer may wait to be confirmed. */
  hasRoom(id: string): boolean;
}

/** @param nonce tells this attempt apart from all others; made by the dialer, never used twice */
export function requestHeaders(
  identity: Identity,
  to: string,
  protocol: StreamProtocol,
  nonce: string,
): Record<string, string> {
  return {
    Connection: 'Upgrade',
    Upgrade: protocol,
    'X-Server-To': to,
    'X-Cairn-Nonce': nonce,
    ...ownHeaders(identity),
  };
}

/** Also in every answer, so that the dialer can say what does not match. */
export function ownHeaders(identity: Identity): Record<string, string> {
  const { known, inForce } = identity.levels();
  return {
    'X-Cairn-Level': `${known}`,
    'X-Cairn-Level-In-Force': `${inForce}`,
    'X-Etcd-Cluster-Id': identity.clusterId,
    'X-Server-From': identity.id,
    'X-Server-Version': identity.serverVersion,
    'X-Min-Cluster-Version': identity.minClusterVersion,
    'X-Cairn-Wire': String(WIRE_VERSION),
    ...(identity.foundation === undefined ? {} : { 'X-Cairn-Foundation': identity.foundation }),
  };
}

/** The part of a request that decides. */
export interface StreamRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Decides about a request for a stream. */
export function judge(request: StreamRequest, identity: Identity, membership: Membership): Verdict {
  const { headers, method, url } = request;
  const protocol = protocolOf(headers.upgrade);
  if (protocol === undefined || method !== 'GET' || url !== STREAMS[protocol].path)
    return { ok: false, refusal: { kind: 'protocol' } };
  const wire = headerOf(headers, 'x-cairn-wire');
  if (wire !== String(WIRE_VERSION)) return { ok: false, refusal: { kind: 'wire', theirs: wire } };
  const from = headerOf(headers, 'x-server-from');
  const nonce = headerOf(headers, 'x-cairn-nonce');
  const refusal =
    otherCluster(headers, from, identity) ??
    removal(headers, from, nonce, identity, membership) ??
    mismatch(headers, from, identity) ??
    outsider(from, nonce, membership);
  return refusal === undefined ? { ok: true, from, protocol, nonce } : { ok: false, refusal };
}

function otherCluster(headers: IncomingHttpHeaders, from: string, identity: Identity): Refusal | undefined {
  const theirs = headerOf(headers, 'x-etcd-cluster-id');
  return theirs === identity.clusterId ? undefined : { kind: 'clusterMismatch', from, theirs };
}

/**
 * Before whom the caller looked for, and what its program can read: a removed member knows the members of then, so that it may well
 * look for one in whose place this one came, and nobody else would ever tell it. Where the cluster was founded from two first
 * states, the caller was removed from another one.
 */
function removal(
  headers: IncomingHttpHeaders,
  from: string,
  nonce: string,
  identity: Identity,
  membership: Membership,
): Refusal | undefined {
  if (foundationDiffers(identity, headerOf(headers, 'x-cairn-foundation'))) return undefined;
  return membership.isRemoved(from) ? { kind: 'removed', from, nonce } : undefined;
}

function mismatch(headers: IncomingHttpHeaders, from: string, identity: Identity): Refusal | undefined {
  const asked = headerOf(headers, 'x-server-to');
  if (asked !== identity.id) return { kind: 'memberMismatch', from, asked };
  const theirs = headerOf(headers, 'x-cairn-foundation');
  if (foundationDiffers(identity, theirs)) return { kind: 'foundationMismatch', from, theirs };
  const version = headerOf(headers, 'x-server-version');
  const minimum = headerOf(headers, 'x-min-cluster-version');
  const compatible = isAtLeast(version, identity.minClusterVersion) && isAtLeast(identity.serverVersion, minimum);
  if (!compatible) return { kind: 'version', from, theirs: version };
  const levels = levelsOf(headers);
  return tooOld(identity.levels(), levels) === undefined ? undefined : { kind: 'level', from, theirs: levels };
}

/** Members of before there were levels name none. */
export function levelsOf(headers: IncomingHttpHeaders): Levels {
  return { known: levelOf(headers, 'x-cairn-level'), inForce: levelOf(headers, 'x-cairn-level-in-force') };
}

function levelOf(headers: IncomingHttpHeaders, name: string): number {
  const text = headerOf(headers, name);
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 1;
}

/** Which of the two cannot read what the other one may send: its log and state would be of no use to it, or harm it. */
export function tooOld(own: Levels, theirs: Levels): 'own' | 'theirs' | undefined {
  if (theirs.inForce > own.known) return 'own';
  return own.inForce > theirs.known ? 'theirs' : undefined;
}

/** Whoever joined later was sent the state and has no foundation of its own to compare. */
export function foundationDiffers({ foundation }: Identity, theirs: string): boolean {
  return foundation !== undefined && theirs !== '' && theirs !== foundation;
}

/** Only members are let in; whether the caller is the one it says it is shows later (parking.ts). */
function outsider(from: string, nonce: string, membership: Membership): Refusal | undefined {
  if (!membership.isPeer(from)) return { kind: 'unknown', from };
  if (!isNonce(nonce)) return { kind: 'nonce' };
  return membership.hasRoom(from) ? undefined : { kind: 'busy', from };
}

const MEMBER_ID = /^[0-9a-f]{1,16}$/;

/** Whether a text can be the id of a member. */
export function isMemberId(text: string): boolean {
  return MEMBER_ID.test(text);
}

function protocolOf(upgrade: string | undefined): StreamProtocol | undefined {
  return upgrade === 'cairn-raft/1' || upgrade === 'cairn-snapshot/1' ? upgrade : undefined;
}

/** Text that came from a stranger, short enough to be logged and without line breaks (Node refuses those). */
export function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value.slice(0, 64) : '';
}

/** Compares `major.minor.patch`; anything else is older than everything. */
function isAtLeast(version: string, minimum: string): boolean {
  const ours = numbersOf(version);
  const theirs = numbersOf(minimum);
  if (ours === undefined || theirs === undefined) return false;
  for (const [position, number] of ours.entries()) {
    const other = theirs[position] ?? 0;
    if (number !== other) return number > other;
  }
  return true;
}

function numbersOf(version: string): readonly number[] | undefined {
  const match = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})/.exec(version);
  return match?.slice(1).map(Number);
}
