/** What the discovery service of a member needs from outside. */
export interface DiscoveryOptions {
  /** What `/new` puts before the token, without a slash at its end; empty: the address that the client used. */
  readonly urlPrefix: string;
  /** A token that nobody can guess: 32 lower-case hexadecimal digits. */
  readonly makeToken: () => string;
  /** How long a token of `/new` is there; 0: for ever. */
  readonly tokenTtlSeconds: number;
  /** False while tokens that were asked for at start are still being made: nobody may be told yet that one is unknown. */
  readonly isReady: () => boolean;
}
