/** A member as the cluster knows it (spec/v2-api.md section 8, members). */
export interface MemberInfo {
  /** Unpadded lower-case hexadecimal. */
  readonly id: string;
  /** Empty until the member was started and published itself. */
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
  readonly learner: boolean;
}
