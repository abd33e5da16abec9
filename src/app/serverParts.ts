/** What a running process is made of, and what it tells who runs it. */
import type { Logger } from 'pino';
import type { ConnectionPlaces } from '../api/connectionPlaces';
import type { Surface } from '../api/options';
import type { PeerPort } from '../api/peerPort';
import type { ApiServer } from '../api/server';
import type { Configuration } from '../config/configuration';
import type { Witness } from '../discovery/witness';
import type { MemberInfo } from '../machine/cluster/members';
import type { LocalMember } from '../member/localMember';
import type { Metrics } from '../metrics/metrics';
import type { RemovalNote } from '../platform/removedFile';
import type { KnownCluster } from '../platform/standbyFile';
import type { DataDirectory } from '../storage/dataDirectory';
import type { Dials } from './dials';
import type { AuditLog } from './auditLog';
import type { DiscoveryService } from './discoveryService';
import type { MemberBeginner } from './memberBeginner';
import type { PeerLinks } from './peerLinks';
import type { ProcessTls } from './processTls';

/** How long a removed member goes on, so that the others hear of its removal from here. */
export const REMOVED_DELAY_MS = 1000;

/** The end of a member by the will of its cluster. */
export interface Removal {
  readonly note: RemovalNote;
  /** As this member knew them. */
  readonly others: readonly MemberInfo[];
  /** The cluster keeps its size by itself (its settings are set): whoever is removed waits for a place, as in etcd 0.4. */
  readonly waits: boolean;
}

/** What a server tells who runs it. Each is called once at most. */
export interface ServerEvents {
  /** The database is open: the process must not end before it is closed, however it ends. `close` is idempotent. */
  readonly onOpened: (close: () => Promise<void>) => void;
  /** The member cannot go on; the process has to end at once. @param known the cluster that it knew; undefined: none */
  readonly onFailure: (error: unknown, known?: KnownCluster) => void;
  /** The cluster removed the member. */
  readonly onRemoved: (removal: Removal) => void;
}

/** One running server. */
export interface Server {
  /** Ends in order: leadership is handed over, clients are let go, then the member and the data directory are closed. */
  stop(): Promise<void>;
}

/** What every part of a server may be told of. */
export interface ServerSetting {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly events: ServerEvents;
  readonly surface: Surface;
  /** Aborted when the process is asked to stop, or to serve something else. */
  readonly stopping: AbortSignal;
  readonly dials: Dials;
  readonly tls: ProcessTls;
}

/** What is the same for whatever a process serves. */
export type ProcessSetting = Omit<ServerSetting, 'stopping'>;

/** What a member's process consists of, in the order in which it is opened. */
export interface ServerParts {
  /** How many connections there may be, of clients and to the ports for metrics. */
  readonly places: ConnectionPlaces;
  readonly metricsPlaces: ConnectionPlaces;
  readonly directory: DataDirectory;
  readonly metrics: Metrics;
  readonly links: PeerLinks;
  /** What this process says to founders that ask it. */
  readonly witness: Witness;
  /** Who did what; undefined where nobody wants to know. */
  readonly audit: AuditLog | undefined;
  readonly peerPort: PeerPort;
  /** How a member without data begins. */
  readonly beginner: MemberBeginner;
  readonly member: LocalMember;
  /** The discovery service that every member is. */
  readonly discovery: DiscoveryService;
  readonly api: ApiServer;
}
