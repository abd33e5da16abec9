/** A file of a snapshot that is not whole. `at` is where, in bytes from its beginning. */
export class SnapshotDamage extends Error {
  override readonly name = 'SnapshotDamage';

  constructor(
    readonly at: number,
    what: string,
  ) {
    super(`byte ${at}: ${what}`);
  }
}
