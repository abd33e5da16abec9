/** `/v2/members`: who belongs to the cluster (spec v2-api section 8, members). */
import type { Context } from 'koa';
import type { ClusterAdmin, StatusSource } from '../../../member/types';
import { writeBadRequest } from '../../http/answers';
import { parseRequestTarget } from '../../http/requestTarget';
import { addMember, removeMember, updateMember } from './changeMembers';
import { memberJson, writeClusterJson, writeClusterMessage } from './memberJson';

/** In the order of etcd's `Allow`. */
export const MEMBERS_METHODS = ['GET', 'POST', 'DELETE', 'PUT'] as const;

const ROUTE = '/v2/members';

/** Everything on `/v2/members` and below, for the methods above. */
export async function serveMembers(context: Context, member: ClusterAdmin & StatusSource): Promise<void> {
  const target = parseRequestTarget(context.req.url ?? ROUTE);
  if (target === undefined) {
    writeBadRequest(context.res);
    return;
  }
  const subpath = target.path.slice(ROUTE.length + 1);
  switch (context.method) {
    case 'POST':
      await addMember(context, member);
      return;
    case 'PUT':
      await updateMember(context, member, subpath);
      return;
    case 'DELETE':
      await removeMember(context, member, subpath, target.query);
      return;
    default:
      showMembers(context, member, subpath);
  }
}

/** The leader as the cluster knows it; undefined during an election. */
export function leadingMember(
  member: ClusterAdmin & StatusSource,
): ReturnType<ClusterAdmin['members']>[number] | undefined {
  const leaderId = member.status().leader?.id;
  return leaderId === undefined ? undefined : member.members().find(({ id }) => id === leaderId);
}

/** All members, by numeric id, or the leader alone; a single member cannot be asked for by its id. */
function showMembers(context: Context, member: ClusterAdmin & StatusSource, subpath: string): void {
  switch (subpath) {
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
