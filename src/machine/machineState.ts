import type { AuthState } from './auth/authState';
import type { ClusterState } from './cluster/clusterState';
import type { Integrity } from './cluster/integrity';
import type { KeySpace } from './keyspace/keySpace';

/** The parts of the state that entries of the log change. */
export interface MachineState {
  readonly keySpace: KeySpace;
  readonly cluster: ClusterState;
  readonly integrity: Integrity;
  readonly auth: AuthState;
  /** The feature level up to which this program can read. */
  readonly knownLevel: number;
  /** What members compare to know whether they have the same state. */
  digest(): string;
}
