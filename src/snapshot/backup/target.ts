/** Which state of the past is meant. */
export type Target =
  | { readonly kind: 'newest' }
  /** That right after the change which was given this X-Etcd-Index. */
  | { readonly kind: 'index'; readonly index: number }
  /** That before the first change which is dated later, in milliseconds since 1970. */
  | { readonly kind: 'time'; readonly dateMs: number };
