/** Exit codes of etcdctl, as the table of `src/config` has them. */
import { ctlExitCodes } from '../../config/exitCodes';

export const EXIT = {
  ok: ctlExitCodes.ok.code,
  badArguments: ctlExitCodes.badArguments.code,
  badConnection: ctlExitCodes.badConnection.code,
  noSuchTopic: ctlExitCodes.noSuchTopic.code,
  serverError: ctlExitCodes.serverError.code,
  clusterNotHealthy: ctlExitCodes.clusterNotHealthy.code,
} as const;
