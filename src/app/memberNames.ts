/** Names beside the ids of members in the log: people know a member by its name, and its id by nothing. */
import type { MemberInfo } from '../machine/cluster/members';

type Write = (fields: object, message: string) => void;

/** What members and links write their lines with. */
export interface MemberLog {
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** Fields that hold the id of one other member. A line has one of them at most; the first counts. */
const ID_FIELDS = ['peer', 'to', 'from', 'leader', 'member'] as const;

/** A log whose lines about a member say its `name` too, where the cluster knows one. */
export class MemberNames implements MemberLog {
  /** Also of those that were removed since: the lines about that come afterwards. */
  private readonly known = new Map<string, string>();
  private members: () => readonly Pick<MemberInfo, 'id' | 'name'>[] = () => [];

  constructor(private readonly log: MemberLog) {}

  /** From now on these are known; before there is a member nobody is. */
  learnFrom(members: () => readonly Pick<MemberInfo, 'id' | 'name'>[]): void {
    this.members = members;
  }

  info(fields: object, message: string): void {
    this.log.info(this.named(fields), message);
  }

  warn(fields: object, message: string): void {
    this.log.warn(this.named(fields), message);
  }

  error(fields: object, message: string): void {
    this.log.error(this.named(fields), message);
  }

  private named(fields: object): object {
    const given = fields as Readonly<Record<string, unknown>>;
    const id = ID_FIELDS.map((field) => given[field]).find((value) => typeof value === 'string');
    const name = typeof id !== 'string' || 'name' in given ? '' : this.nameOf(id);
    return name === '' ? fields : { ...fields, name };
  }

  private nameOf(id: string): string {
    for (const member of this.members()) if (member.name !== '') this.known.set(member.id, member.name);
    return this.known.get(id) ?? '';
  }
}
