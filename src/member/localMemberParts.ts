import type { HistoryBounds } from '../machine/keyspace/history';
import type { Clock } from '../platform/clock';
import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { MemberStore } from '../storage/memberStore';
import type { CurrentState } from './currentState';
import type { MemberObserver } from './observer';
import type { MemberLogger, MemberSettings } from './settings';
import type { Transport } from './transport';
import type { PeerReport } from './types';

/** What a running member is put together from. */
export interface LocalMemberParts {
  readonly settings: MemberSettings;
  readonly clusterId: string;
  /** See Identity in storage/recordCodec. */
  readonly foundation: string | undefined;
  readonly raft: Raft;
  readonly state: CurrentState;
  readonly store: MemberStore;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: MemberLogger;
  /** See CommandBatch. */
  readonly run: number;
  readonly history: HistoryBounds;
  /** Whom to talk to until the state says who the members are. */
  readonly firstPeers: readonly { readonly id: MemberId; readonly urls: readonly string[] }[];
  /** What the links say of the other members. */
  readonly peerReport: () => PeerReport;
  /** See ActiveSizeParts; absent: nobody is one. */
  readonly isStandby?: ((peerURL: string) => Promise<boolean>) | undefined;
  readonly observer?: MemberObserver | undefined;
  readonly onFailure: (error: unknown) => void;
  /** The cluster removed this member; it has to end. Called once. */
  readonly onRemoved: () => void;
}
