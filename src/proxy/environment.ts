/** What a proxy needs from outside. */
type LogMethod = (fields: object, message: string) => void;

/** A pino logger fits. */
export interface ProxyLogger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

/** As much of a member as a proxy looks at. */
export interface ProxiedMember {
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
}

export interface ProxiedCluster {
  readonly clusterId: string;
  readonly members: readonly ProxiedMember[];
}

/** What a request asks for, as members read it: however it is spelled, it is the same path. */
export interface ProxiedTarget {
  /** Decoded and without what members take out of it. */
  readonly path: string;
  /** Raw, without the `?`. */
  readonly query: string;
}

/** Undefined: nothing that a member would serve. */
export type TargetOf = (url: string) => ProxiedTarget | undefined;

/** Asks the member behind a peer URL who is in its cluster; rejects within a limit of its own. */
export type FetchMembers = (peerUrl: string) => Promise<ProxiedCluster>;
