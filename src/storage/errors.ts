/** The one way storage fails. Every message is meant for the operator who reads it in the log. */

/**
 * - `io`: the device or file system answered with an error.
 * - `full`: no space, or the quota is used up.
 * - `corrupt`: what was read is not what was written.
 * - `locked`: another process has the data directory open.
 * - `closed`: used after `close`.
 * - `format`: not a data directory of ours, or one of a newer version.
 * - `permission`: the operating system forbids it, or it is more open than it may be.
 * - `clock`: the machine's is where nothing can be written.
 */
export type StorageErrorKind = 'io' | 'full' | 'corrupt' | 'locked' | 'closed' | 'format' | 'permission' | 'clock';

export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(
    readonly kind: StorageErrorKind,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

const WHAT_TO_DO_WHEN_CORRUPT =
  'If the other members are well and a majority: remove this member from the cluster, delete its data directory and add it ' +
  'again; it will fetch the state from the leader. If they are not, keep the directory: it may hold what no other has.';

/** What was read back is damaged. `what` is a clause such as "log entry 17 has a wrong checksum". */
export function corrupt(what: string, cause?: unknown): StorageError {
  return new StorageError('corrupt', `stored data is damaged: ${what}. ${WHAT_TO_DO_WHEN_CORRUPT}`, cause);
}

export function closed(): StorageError {
  return new StorageError('closed', 'the storage is closed');
}
