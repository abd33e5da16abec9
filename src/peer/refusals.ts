/** Every refusal of a handshake: the answer, and the line that both sides log about it. */
import type { Identity, Levels } from './context';
import type { Refusal } from './handshake';
import { ownHeaders, tooOld } from './handshake';
import type { LogLines } from './logLines';
import { WIRE_VERSION } from './wire/frames';

export const REMOVED_TEXT = 'the member has been permanently removed from the cluster';

const NONCE_TEXT = 'no X-Cairn-Nonce of 32 hexadecimal digits was given';
const BUSY_TEXT = 'too many streams that say they are of this member wait to be confirmed by it';

interface Answer {
  readonly status: string;
  readonly text: string;
}

/** The status line and text that the dialer gets. */
function answerOf(refusal: Refusal, identity: Identity): Answer {
  switch (refusal.kind) {
    case 'protocol':
      return { status: '426 Upgrade Required', text: 'this port speaks cairn-raft/1 and cairn-snapshot/1' };
    case 'wire':
      return { status: '426 Upgrade Required', text: wireText(refusal.theirs) };
    case 'clusterMismatch':
      return { status: '412 Precondition Failed', text: 'cluster ID mismatch' };
    case 'foundationMismatch':
      return { status: '412 Precondition Failed', text: 'foundation mismatch' };
    case 'memberMismatch':
      return { status: '412 Precondition Failed', text: 'member ID mismatch' };
    case 'version':
      return { status: '412 Precondition Failed', text: 'incompatible version' };
    case 'level':
      return { status: '412 Precondition Failed', text: 'incompatible feature level' };
    case 'removed':
      return { status: '410 Gone', text: REMOVED_TEXT };
    case 'unknown':
      return { status: '404 Not Found', text: unknownText(refusal.from, identity) };
    case 'nonce':
      return { status: '426 Upgrade Required', text: NONCE_TEXT };
    case 'busy':
      return { status: '503 Service Unavailable', text: BUSY_TEXT };
  }
}

/** The whole HTTP answer. */
export function refusalBytes(refusal: Refusal, identity: Identity): string {
  const { status, text } = answerOf(refusal, identity);
  const body = `${text}\n`;
  const headers = {
    ...ownHeaders(identity),
    ...removalHeaders(refusal),
    ...(status.startsWith('426') ? { Upgrade: 'cairn-raft/1, cairn-snapshot/1' } : {}),
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: status.startsWith('426') ? 'Upgrade, close' : 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`;
}

/** Whom the refusal is about, and the caller's own nonce: an answer that was not made for this very request does not count. */
function removalHeaders(refusal: Refusal): Record<string, string> {
  if (refusal.kind !== 'removed') return {};
  return { 'X-Cairn-Removed': refusal.from, 'X-Cairn-Nonce': refusal.nonce };
}

/** What the member that was asked logs. */
export function logRefusal(log: LogLines, refusal: Refusal, identity: Identity): void {
  switch (refusal.kind) {
    case 'protocol':
      log.write('warn', 'protocol', '', 'a request for an unknown protocol was ignored on the peer port');
      return;
    case 'wire':
      log.write('error', 'wire', '', `a stream was refused (${wireText(refusal.theirs)})`);
      return;
    case 'clusterMismatch':
      log.write('error', 'clusterMismatch', refusal.from, clusterMismatchText(refusal.from, refusal.theirs, identity));
      return;
    case 'foundationMismatch':
      log.write('error', 'foundationMismatch', refusal.from, foundationText(refusal.from, refusal.theirs, identity));
      return;
    case 'memberMismatch':
      log.write('error', 'memberMismatch', refusal.from, memberMismatchText(refusal.from, refusal.asked, identity.id));
      return;
    case 'version':
      log.write('error', 'version', refusal.from, versionText(refusal.from, refusal.theirs, identity));
      return;
    case 'level':
      log.write('error', 'level', refusal.from, levelText(refusal.from, refusal.theirs, identity));
      return;
    case 'removed':
      log.write('warn', 'removed', refusal.from, `rejected the stream from peer ${refusal.from} since it was removed`);
      return;
    case 'unknown':
      log.write('error', 'unknownMember', refusal.from, unknownText(refusal.from, identity));
      return;
    case 'nonce':
      log.write('error', 'wire', '', `a stream was refused (${NONCE_TEXT})`);
      return;
    case 'busy':
      log.write('warn', 'unconfirmed', refusal.from, `a stream of peer ${refusal.from} was refused: ${BUSY_TEXT}`);
      return;
  }
}

/** What a member logs that is told so where one other listens; see voterMajority.ts. */
export function removedByText(at: string, by: string): string {
  const speaker = by === at ? by : `${by} in the place of ${at}`;
  return `member ${speaker} says: ${REMOVED_TEXT}; that counts once a majority of the other voters says so`;
}

/** The words of etcd 2.3 (document 002). */
export function clusterMismatchText(remote: string, theirs: string, identity: Identity): string {
  return `request sent was ignored (cluster ID mismatch: remote[${remote}]=${theirs}, local=${identity.clusterId})`;
}

export function foundationText(remote: string, theirs: string, identity: Identity): string {
  return (
    `request sent was ignored (foundation mismatch: remote[${remote}]=${theirs}, local=${identity.foundation ?? ''}): both ` +
    'founded this cluster, each from a first state of its own, so their data would differ. Compare --initial-cluster and the ' +
    'versions of both; then stop the one that differs from the others, move its data directory aside and start it again'
  );
}

export function memberMismatchText(remote: string, theirs: string, local: string): string {
  return `request sent was ignored (member ID mismatch: remote[${remote}]=${theirs}, local=${local})`;
}

export function versionText(remote: string, theirs: string, identity: Identity): string {
  const own = `local=${identity.serverVersion}, minimum ${identity.minClusterVersion}`;
  return `request sent was ignored (incompatible version: remote[${remote}]=${theirs}, ${own})`;
}

/** Says which of the two programs is too old, and what to do. */
export function levelText(remote: string, theirs: Levels, identity: Identity): string {
  const own = identity.levels();
  const isOwn = tooOld(own, theirs) === 'own';
  const [older, known] = isOwn ? ['this member', own.known] : [`member ${remote}`, theirs.known];
  const inForce = isOwn ? theirs.inForce : own.inForce;
  return (
    `the stream with ${remote} was refused (feature level): the cluster is at level ${inForce}, the program of ${older} reads up ` +
    `to ${known}. Start ${older} with the version of cairn that the others run; its data are untouched`
  );
}

function wireText(theirs: string): string {
  const version = theirs === '' ? 'no wire version was given' : `wire version ${theirs} is not known here`;
  return `${version}; this member speaks ${WIRE_VERSION}`;
}

/** The words of etcd 3 (document 002). */
function unknownText(id: string, identity: Identity): string {
  return `failed to find member ${id} in cluster ${identity.clusterId}`;
}
