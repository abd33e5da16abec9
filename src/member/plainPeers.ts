import type { MemberInfo } from '../machine/cluster/members';
import type { MemberId } from '../raft/types';
import type { MemberWarning } from './memberWarnings';

const TEXT =
  'a member is reached without TLS, and this one with it: all that is sent to it can be read on the way; give it https peer URLs, or remove it (docs/clustering.md)';

/**
 * Other members that are reached without TLS, while this one is reached with it: all that this one encrypts goes to them in plain text. It is so on
 * the way from one to the other, member by member, and works; nobody would notice if it stayed so. Pure.
 */
export function plainPeers(
  members: readonly Pick<MemberInfo, 'id' | 'peerURLs'>[],
  ownId: MemberId,
): readonly MemberWarning[] {
  const own = members.find(({ id }) => id === ownId);
  if (own?.peerURLs.every(isSecure) !== true) return [];
  return members
    .filter(({ peerURLs }) => !peerURLs.every(isSecure))
    .map(({ id, peerURLs }) => {
      const urls = peerURLs.filter((url) => !isSecure(url)).join(' ');
      return { fields: { member: id, urls }, text: TEXT };
    });
}

function isSecure(url: string): boolean {
  return /^https:/i.test(url);
}
