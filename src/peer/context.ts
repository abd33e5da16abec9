import { randomBytes } from 'node:crypto';
import type { MemberId } from '../raft/types';
import { dialTcp, type Dial } from '../platform/dial';
import type { Random } from '../platform/clock';
import type { PeerClock } from './environment';
import { LogLines } from './logLines';
import type { PeerObserver } from './observer';
import type { PeerNetworkOptions } from './types';
import { UnfinishedFrames } from './unfinishedFrames';

/** See machine/features.ts. */
export interface Levels {
  readonly known: number;
  readonly inForce: number;
}

const FIRST_LEVELS: Levels = { known: 1, inForce: 1 };

/** Who this member is, as it says in a handshake. */
export interface Identity {
  readonly id: MemberId;
  readonly clusterId: string;
  readonly serverVersion: string;
  readonly minClusterVersion: string;
  /** The feature level up to which this member reads, and the one in force as it has applied it. */
  readonly levels: () => Levels;
  /** Digest of the first state, if this member founded the cluster. */
  readonly foundation: string | undefined;
}

/** The limits of the links. */
export interface Limits {
  readonly queueBytesMax: number;
  readonly probeIntervalMs: number;
  readonly dialTimeoutMs: number;
  /** So long after it was first dialed, a peer that was never reached may be one that has not started. */
  readonly startingMs: number;
  /** A raft stream that is quiet for so long is cut. */
  readonly silenceMs: number;
  /** How long an accepted stream may wait until the member that it says it is of confirms it. */
  readonly confirmMs: number;
  readonly snapshotSilenceMs: number;
  readonly snapshotStallMs: number;
}

/** What every part of the links shares. */
export interface PeerContext {
  readonly identity: Identity;
  readonly limits: Limits;
  readonly clock: PeerClock;
  readonly monotonicMs: () => number;
  readonly random: Random;
  /** 32 hexadecimal digits that nobody can guess, new with each call. */
  readonly nonce: () => string;
  readonly dial: Dial;
  readonly log: LogLines;
  readonly unfinished: UnfinishedFrames;
  readonly observer: PeerObserver | undefined;
}

/** Bytes that may wait for one peer, where there is memory for it. */
export const QUEUE_BYTES_MAX = 16 * 1024 * 1024;
const PROBE_INTERVAL_MS = 1000;
const DIAL_TIMEOUT_MS = 5000;
/** Members that are started together do within that, on slow machines too. */
const STARTING_MS = 10_000;
const CONFIRM_MS = 5000;
const SNAPSHOT_SILENCE_MS = 5000;
const SNAPSHOT_STALL_MS = 60_000;
const SILENT_ELECTIONS = 3;
const NONCE_BYTES = 16;

export function contextOf(options: PeerNetworkOptions): PeerContext {
  const { id, clusterId, foundation, serverVersion, minClusterVersion, electionTimeoutMs, clock, random, logger } =
    options;
  const monotonicMs = options.monotonicMs ?? ((): number => performance.now());
  const levels = options.levels ?? ((): Levels => FIRST_LEVELS);
  return {
    identity: { id, clusterId, serverVersion, minClusterVersion, foundation, levels },
    limits: {
      queueBytesMax: options.queueBytesMax ?? QUEUE_BYTES_MAX,
      probeIntervalMs: options.probeIntervalMs ?? Math.min(PROBE_INTERVAL_MS, electionTimeoutMs / 2),
      dialTimeoutMs: options.dialTimeoutMs ?? DIAL_TIMEOUT_MS,
      startingMs: STARTING_MS,
      silenceMs: SILENT_ELECTIONS * electionTimeoutMs,
      confirmMs: CONFIRM_MS,
      snapshotSilenceMs: options.snapshotSilenceMs ?? SNAPSHOT_SILENCE_MS,
      snapshotStallMs: options.snapshotStallMs ?? SNAPSHOT_STALL_MS,
    },
    clock,
    monotonicMs,
    random,
    nonce: () => randomBytes(NONCE_BYTES).toString('hex'),
    dial: options.dial ?? dialTcp,
    log: new LogLines(logger, monotonicMs),
    unfinished: new UnfinishedFrames(monotonicMs),
    observer: options.observer,
  };
}
