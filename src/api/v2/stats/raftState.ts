/** Raft roles under etcd's names. */
import type { MemberStatus } from '../../../member/types';

export function raftStateName(role: MemberStatus['raft']['role']): 'StateLeader' | 'StateFollower' | 'StateCandidate' {
  switch (role) {
    case 'leader':
      return 'StateLeader';
    case 'follower':
      return 'StateFollower';
    case 'preCandidate':
    case 'candidate':
      return 'StateCandidate';
  }
}
