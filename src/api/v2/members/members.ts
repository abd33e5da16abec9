/** `/v2/members`: who belongs to the cluster (spec v2-api section 8, members). */
import type { Context } from 'koa';
import type { ClusterAdmin, StatusSource } from '../../../member/types';
import { parseRequestTarget } from '../../http/requestTarget';
import { memberJson, writeClusterJson, writeClusterMessage } from './memberJson';

const ROUTE = '/v2/members';

/** What follows `/v2/members/` in the path of a request that got there, and its raw query. */
export function subpathOf(context: Context): { readonly subpath: string; readonly query: string } {
  const { path, query } = parseRequestTarget(context.req.url ?? ROUTE) ?? { path: ROUTE, query: '' };
  return { subpath: path.slice(ROUTE.length + 1), query };
}

/** The leader as the cluster knows it; undefined during an election. */
export function leadingMember(
  member: ClusterAdmin & StatusSource,
): ReturnType<ClusterAdmin['members']>[number] | undefined {
  const leaderId = member.status().leader?.id;
  return leaderId === undefined ? undefined : member.members().find(({ id }) => id === leaderId);
}

/** All members, by numeric id, or the leader alone; a single member cannot be asked for by its id. */
export function showMembers(context: Context, member: ClusterAdmin & StatusSource): void {
  switch (subpathOf(context).subpath) {
    case '':
      writeClusterJson(context, member, 200, `{"members":[${member.members().map(memberJson).join(',')}]}\n`);
      return;
    case 'leader':
    case 'leader/':
      showLeader(context, member);
      return;
    default:
      writeClusterMessage(context, member, 404, 'Not found');
  }
}

function showLeader(context: Context, member: ClusterAdmin & StatusSource): void {
  const leader = leadingMember(member);
  if (leader === undefined) writeClusterMessage(context, member, 503, 'During election');
  else writeClusterJson(context, member, 200, `${memberJson(leader)}\n`);
}
