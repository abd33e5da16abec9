/**
 * Passwords that were checked, as digests under a key that lives and ends with the process: so that bcrypt is asked once for each
 * password, not for each request. A digest holds for one hash of one user, so a changed password is felt at once; what a user
 * may do is never remembered here.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** One right password for each of so many users, and so many wrong ones. */
const USERS_MAX = 10_000;
const WRONG_MAX = 10_000;

export class RememberedPasswords {
  private readonly key = randomBytes(32);
  private readonly right = new Map<string, Buffer>();
  private readonly wrong = new Set<string>();

  /** @param hash the user's, or that of nobody: the digest is of all three together */
  digestOf(name: string, password: Buffer, hash: string): Buffer {
    return createHmac('sha256', this.key).update(`${hash}\n${name.length}\n${name}`).update(password).digest();
  }

  /** Whether the password is right; undefined: it is not known. */
  isRight(name: string, digest: Buffer): boolean | undefined {
    const known = this.right.get(name);
    if (known !== undefined && timingSafeEqual(known, digest)) return true;
    return this.wrong.has(digest.latin1Slice()) ? false : undefined;
  }

  remember(name: string, digest: Buffer, isRight: boolean): void {
    if (isRight) {
      this.right.delete(name);
      this.right.set(name, digest);
      dropOldest(this.right, USERS_MAX);
    } else {
      this.wrong.add(digest.latin1Slice());
      dropOldest(this.wrong, WRONG_MAX);
    }
  }
}

function dropOldest(all: Map<string, unknown> | Set<string>, max: number): void {
  if (all.size <= max) return;
  const [oldest] = all.keys();
  if (oldest !== undefined) all.delete(oldest);
}
