import { messageOf } from '../../platform/errorMessage';

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

/** The file system gave no more of it: what is there may yet be whole, and another try may read it. */
export class UnreadableDamage extends SnapshotDamage {
  constructor(at: number, error: unknown) {
    super(at, `cannot be read: ${messageOf(error)}`);
  }
}
