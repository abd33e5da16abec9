/** Where `cairn check` keeps the keys that it makes. */
import type { Keys } from '../client/keys';

export const CHECK_DIRECTORY = '/cairn-check';

/** Removes the directory if nothing is in it: another check may be under way. Never rejects; what stays is an empty directory. */
export async function leaveNoDirectory(keys: Pick<Keys, 'rmdir'>): Promise<void> {
  await keys.rmdir(CHECK_DIRECTORY).catch(() => undefined);
}
