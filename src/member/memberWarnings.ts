import type { MemberInfo } from '../machine/cluster/members';
import type { MemberId } from '../raft/types';
import type { MemberLogger } from './settings';

/** What an operator may not have meant. It is the same as long as its fields are. */
export interface MemberWarning {
  readonly fields: object;
  readonly text: string;
}

export type MemberRule = (members: readonly MemberInfo[], ownId: MemberId) => readonly MemberWarning[];

export interface MemberWarningsParts {
  readonly id: MemberId;
  readonly rules: readonly MemberRule[];
  readonly members: () => readonly MemberInfo[];
  readonly logger: Pick<MemberLogger, 'warn'>;
}

/** What the log says of the list of members: each thing once, and again when it has been otherwise meanwhile. */
export class MemberWarnings {
  private said: ReadonlySet<string> = new Set();

  constructor(private readonly parts: MemberWarningsParts) {}

  /** Cheap enough for every tick. */
  check(): void {
    const { id, rules, members, logger } = this.parts;
    const listed = members();
    const due = new Map(
      rules.flatMap((rule) => rule(listed, id)).map((warning) => [JSON.stringify(warning.fields), warning] as const),
    );
    for (const [key, { fields, text }] of due) if (!this.said.has(key)) logger.warn(fields, text);
    this.said = new Set(due.keys());
  }
}
