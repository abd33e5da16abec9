/** Hashes of passwords, as etcd makes them: bcrypt with a cost of 10. The work is done on threads, beside the event loop. */
import type * as Bcrypt from 'bcrypt';

const COST = 10;
/** What etcd's library writes and reads. */
const MINOR_VERSION = 'a';
/** bcrypt reads no more, in etcd as here: what a longer password has behind it makes no difference. */
const BYTES_MAX = 72;

/** The hash of no user's password: it takes as long to compare with it as with any other. */
export const NOBODYS_HASH = '$2a$10$h8DGak9LDlj4znQee/ueh.GYw65rPAhunpw1a693B/BHl.Pgw85Hu';

/** `$2a$10$…`, with a salt of its own each time. */
export async function hashOf(password: Buffer): Promise<string> {
  const { genSalt, hash } = await loadBcrypt();
  return hash(password.subarray(0, BYTES_MAX), await genSalt(COST, MINOR_VERSION));
}

/** Some 60 ms of a thread. False also for a hash that is none. */
export async function isPasswordOf(hashed: string, password: Buffer): Promise<boolean> {
  const { compare } = await loadBcrypt();
  return compare(password.subarray(0, BYTES_MAX), hashed);
}

/** Loaded with the first password: most members never see one, and it is a library of the machine's own code. */
function loadBcrypt(): Promise<typeof Bcrypt> {
  return import('bcrypt');
}
