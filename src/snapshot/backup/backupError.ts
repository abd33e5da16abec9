/** What was asked of a backup is not in it; the message says why, and what is. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
