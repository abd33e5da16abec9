/** A snapshot that did not arrive, or was not taken. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}
