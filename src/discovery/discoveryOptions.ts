import type { Environment } from './environment';
import type { AskFounder } from './founding';
import type { Notes } from './note';
import type { Registry } from './registry';
import type { EntryOptions, FetchMembers } from './runningCluster';
import type { Witness } from './witness';

export interface DiscoveryOptions extends EntryOptions {
  readonly name: string;
  readonly registry: Registry;
  readonly notes: Notes;
  /** The id this member has if it founds the cluster; it registers under it. */
  readonly foundingId: string;
  /** The id of the cluster that founders with these ids make. */
  readonly clusterIdOf: (memberIds: readonly string[]) => string;
  readonly fetchMembers: FetchMembers;
  readonly witness: Witness;
  readonly askFounder: AskFounder;
  readonly environment: Environment;
}
