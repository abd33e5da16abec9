/** `/v2/members`: who belongs to the cluster (spec v2-api section 8, members). */
import type { Context } from 'koa';
import type { Member } from '../../../member/types';
import { writeJson } from '../../http/answers';
import { memberJson } from './memberJson';

/** All members, by numeric id; one that was never started has no name and no client URLs. */
export function serveMembers(context: Context, member: Member): void {
  writeClusterJson(context, member, 200, `{"members":[${member.members().map(memberJson).join(',')}]}\n`);
}

/** The leader alone; 503 while there is none. */
export function serveLeadingMember(context: Context, member: Member): void {
  const leader = leadingMember(member);
  if (leader === undefined) writeClusterJson(context, member, 503, '{"message":"During election"}');
  else writeClusterJson(context, member, 200, `${memberJson(leader)}\n`);
}

/** A single member cannot be asked for by its id. */
export function serveUnknownMember(context: Context, member: Member): void {
  writeClusterJson(context, member, 404, '{"message":"Not found"}');
}

/** The leader as the cluster knows it; undefined during an election. */
export function leadingMember(member: Member): ReturnType<Member['members']>[number] | undefined {
  const leaderId = member.status().leader?.id;
  return leaderId === undefined ? undefined : member.members().find(({ id }) => id === leaderId);
}

function writeClusterJson(context: Context, member: Member, status: number, bytes: string): void {
  context.res.setHeader('X-Etcd-Cluster-Id', member.clusterId);
  writeJson(context.res, status, bytes);
}
