/** Exit codes of etcdctl. */
export const EXIT = {
  ok: 0,
  /** The arguments are wrong; also every failure of member, user, role and auth. */
  badArguments: 1,
  badConnection: 2,
  /** There is no help for what is no command. */
  noSuchTopic: 3,
  /** A member said no, or none answered as it should. */
  serverError: 4,
  clusterNotHealthy: 5,
} as const;
