/** Which members go when a StatefulSet gets smaller, and when that is safe. Decides only; retire.ts acts. */
import type { Member } from '../client/members';

/** A member that belongs to a pod. */
export interface PodMember {
  readonly member: Member;
  readonly ordinal: number;
}

/** The members of the pods PREFIX-ORDINAL with `ordinal >= keep`, the highest first. */
export function surplusMembers(members: readonly Member[], prefix: string, keep: number): readonly PodMember[] {
  return members
    .flatMap((member) => {
      const ordinal = ordinalOf(member, prefix);
      return ordinal === undefined || ordinal < keep ? [] : [{ member, ordinal }];
    })
    .sort((a, b) => b.ordinal - a.ordinal);
}

/** A member that was never started has no name yet; the host of its peer URL begins with that of its pod. */
function ordinalOf(member: Member, prefix: string): number | undefined {
  const hosts = member.peerURLs.map((url) => (URL.canParse(url) ? new URL(url).hostname : ''));
  const names = member.name === '' ? hosts.map((host) => host.split('.')[0] ?? '') : [member.name];
  for (const name of names) {
    const digits = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (/^(0|[1-9]\d{0,5})$/.test(digits)) return Number(digits);
  }
  return undefined;
}

/** Whether those that remain have a quorum without waiting for anybody. */
export function keepsQuorum(remaining: number, ready: number): boolean {
  return remaining > 0 && ready >= Math.floor(remaining / 2) + 1;
}
