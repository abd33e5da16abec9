import type { MemberInfo } from '../machine/cluster/members';
import type { MemberLogger } from './settings';

export interface SharedNamesParts {
  readonly members: () => readonly Pick<MemberInfo, 'id' | 'name'>[];
  readonly logger: Pick<MemberLogger, 'warn'>;
}

/**
 * Says when members have the same name, as those have that were started without one. The cluster goes by ids and does not mind; an
 * operator who looks for a name in the log, and `/v1/keys/_etcd/machines`, which has a key for each name, take two members for one.
 */
export class SharedNames {
  /** Names that were said, with who had them then. */
  private said = new Map<string, string>();

  constructor(private readonly parts: SharedNamesParts) {}

  /** Cheap enough for every tick. Says a name once, and again when others have it. */
  check(): void {
    const sharing = this.sharing();
    for (const [name, ids] of sharing) {
      const members = ids.join(' ');
      if (this.said.get(name) !== members) {
        this.parts.logger.warn(
          { sharedName: name, members: ids },
          'members have the same name: give each its own (--name), or lines of the log, and clients that go by names, mean one or the other',
        );
      }
    }
    this.said = new Map([...sharing].map(([name, ids]) => [name, ids.join(' ')]));
  }

  private sharing(): ReadonlyMap<string, readonly string[]> {
    const byName = new Map<string, string[]>();
    for (const { id, name } of this.parts.members()) {
      // A member that was added and did not start yet has none.
      if (name !== '') byName.set(name, [...(byName.get(name) ?? []), id]);
    }
    return new Map([...byName].filter(([, ids]) => ids.length > 1));
  }
}
