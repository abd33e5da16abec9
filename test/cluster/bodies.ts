/** The parts of JSON answers that tests look at. */

export interface KeyNode {
  readonly key: string;
  readonly value?: string;
  readonly modifiedIndex: number;
  readonly nodes?: readonly KeyNode[];
}

/** An event, or an error, of /v2/keys. */
export interface KeyBody {
  readonly action: string;
  readonly node: KeyNode;
  readonly prevNode?: KeyNode;
  readonly errorCode?: number;
}

/** /v2/stats/self. */
export interface SelfStats {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly leaderInfo: { readonly leader: string };
  readonly recvAppendRequestCnt: number;
  readonly sendAppendRequestCnt: number;
}

/** One of /v2/members. */
export interface ListedMember {
  readonly id: string;
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
  /** Not there if it votes. */
  readonly isLearner?: boolean;
}
