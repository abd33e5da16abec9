import type { MemberInfo } from '../machine/cluster/members';
import type { MemberWarning } from './memberWarnings';

const TEXT =
  'members have the same name: give each its own (--name), or lines of the log, and clients that go by names, mean one or the other';

/**
 * Members with the same name, as those have that were started without one. The cluster goes by ids and does not mind; an operator who looks
 * for a name in the log, and `/v1/keys/_etcd/machines`, which has a key for each name, take two members for one. Pure.
 */
export function sharedNames(members: readonly Pick<MemberInfo, 'id' | 'name'>[]): readonly MemberWarning[] {
  const byName = new Map<string, string[]>();
  for (const { id, name } of members) {
    // A member that was added and did not start yet has none.
    if (name !== '') byName.set(name, [...(byName.get(name) ?? []), id]);
  }
  return [...byName]
    .filter(([, ids]) => ids.length > 1)
    .map(([sharedName, ids]) => ({ fields: { sharedName, members: ids }, text: TEXT }));
}
