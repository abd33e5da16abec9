/** The way into a member's inside. Only invariants look there; clients go through `Member`. */
import type { Machine } from '../../src/machine/machine';
import type { LocalMember } from '../../src/member/localMember';
import type { RaftLog } from '../../src/raft/log';
import type { Raft } from '../../src/raft/raft';
import type { Role } from '../../src/raft/types';

export interface MemberInside {
  readonly raft: Raft;
  readonly state: { readonly machine: Machine };
}

export interface RaftInside {
  readonly log: RaftLog;
  readonly role: Role;
  readonly term: number;
}

export function insideOf(member: LocalMember): MemberInside {
  return (member as unknown as { readonly parts: MemberInside }).parts;
}

export function stateOf(raft: Raft): RaftInside {
  return (raft as unknown as { readonly state: RaftInside }).state;
}
