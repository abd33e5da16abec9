import { ListenError } from '../api/listenError';
import { exitCodes, type ExitCodeName } from '../config/exitCodes';
import { AlreadyRunningError, ClusterFullError, JoinError } from '../discovery/beginning';
import { FeatureLevelError } from '../machine/features';
import { ForceNewClusterError } from '../member/forceNewCluster';
import { TooFewDescriptorsError } from '../limits/descriptors';
import { StateDiffersError } from '../member/integrityCheck';
import { OutdatedDataError } from '../member/outdatedData';
import { StorageError } from '../storage/errors';
import { AuditFileError } from './auditFile';
import { ClusterFileError } from './clusterFile';
import { TlsFileError } from '../tls/errors';
import { StopTimeoutError } from './stopInOrder';

/** The documented exit code for what ended the server. */
export function exitReasonOf(error: unknown): ExitCodeName {
  if (error instanceof ListenError) return 'cannotListen';
  if (error instanceof FeatureLevelError) return 'programTooOld';
  if (error instanceof StateDiffersError) return 'stateDiffers';
  if (error instanceof OutdatedDataError) return 'dataOutdated';
  if (error instanceof TooFewDescriptorsError) return 'machineTooSmall';
  if (error instanceof TlsFileError || error instanceof AuditFileError) return 'badConfiguration';
  if (error instanceof ClusterFileError) return 'badConfiguration';
  if (error instanceof JoinError || error instanceof ForceNewClusterError) return 'badConfiguration';
  if (error instanceof AlreadyRunningError) return 'alreadyRunning';
  if (error instanceof ClusterFullError) return 'clusterIsFull';
  // What does not end within that time is the disk.
  if (error instanceof StopTimeoutError) return 'storageFailure';
  if (!(error instanceof StorageError)) return 'unexpectedFailure';
  switch (error.kind) {
    case 'io':
    case 'full':
    case 'corrupt':
    case 'closed':
      return 'storageFailure';
    case 'locked':
    case 'format':
    case 'permission':
      return 'dataDirectoryUnusable';
    case 'clock':
      return 'machineTooSmall';
  }
}

/** The number for `process.exit`. */
export function exitNumber(name: ExitCodeName): number {
  return exitCodes[name].code;
}
