/** What a beginning can be, and the errors that end one; types only. Who decides: README.md. */

/** A member as the cluster lists it. */
export interface ListedMember {
  readonly id: string;
  /** Empty: never started. */
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
}

/** What a running member says of its cluster. */
export interface ListedCluster {
  readonly clusterId: string;
  readonly members: readonly ListedMember[];
}

export interface Founder {
  readonly name: string;
  readonly peerURLs: readonly string[];
}

export type Beginning =
  /** A new cluster: every founder computes the same one by itself. */
  | { readonly kind: 'found'; readonly founders: readonly Founder[]; readonly token: string }
  /** A running cluster that has a place for this member; it will be sent the state. */
  | {
      readonly kind: 'join';
      readonly memberId: string;
      readonly clusterId: string;
      readonly peers: readonly ListedMember[];
    };

/** The configuration and the cluster do not fit: the operator has to change something. The message says what. */
export class JoinError extends Error {
  override readonly name = 'JoinError';
}

/** This process was to take the place of a lost member, and that one runs. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';

  constructor({ id, name }: ListedMember, peerURLs: readonly string[]) {
    super(
      `the leader hears from member ${id} (${name}), which has the peer URL ${peerURLs.join(',')}: it runs elsewhere, and this ` +
        'process has an empty data directory, so it does not take its place. If this one was started by mistake, correct its ' +
        '--name, --data-dir and URLs; if it is to replace the other, stop that one first',
    );
  }
}

/** The cluster has as many members as its settings say, and this process is none of them: it has to wait as a standby. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError';

  constructor(readonly cluster: ListedCluster) {
    super('the cluster has its activeSize of members');
  }
}

/** The cluster that a discovery URL makes has all its members, and this one is not among them. */
export class ClusterFullError extends Error {
  override readonly name = 'ClusterFullError';

  constructor(
    url: string,
    size: number,
    /** Of the members that are registered. */
    readonly peerURLs: readonly string[],
    /** Of the cluster that they make: whoever answers at these URLs may be of another one by now. */
    readonly clusterId: string,
  ) {
    super(
      `discovery: cluster is full: ${size} of ${size} members are registered at ${url}; use a new token for another ` +
        'cluster, or set --discovery-fallback to join or proxy to take part in this one',
    );
  }
}
