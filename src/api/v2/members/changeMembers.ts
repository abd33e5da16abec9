/** POST, PUT and DELETE on `/v2/members`: changes of who belongs to the cluster (spec v2-api section 8, members). */
import type { Context } from 'koa';
import { type ClusterAdmin, MemberError, MembershipError, type MembershipRefusal } from '../../../member/types';
import type { RootGrant } from '../../auth/guard';
import type { BodyBudget } from '../../bodyBudget';
import { writeErrorText } from '../../http/answers';
import { wholeRequest } from '../../http/body';
import { parseMemberId } from './memberId';
import { memberJson, writeClusterJson, writeClusterMessage } from './memberJson';
import { readMemberRequest, type MemberRequest } from './memberRequest';
import { subpathOf } from './members';

/** Adds a member with the peer URLs of the body; 201 and the member, which has neither name nor client URLs yet. */
export async function addMember(
  context: Context,
  grant: RootGrant,
  member: ClusterAdmin,
  bodyBudget?: BodyBudget,
): Promise<void> {
  const request = await readMemberRequest(context.req, bodyBudget?.account(context.res));
  if (!request.ok) {
    writeClusterMessage(context, member, request.status, request.message);
    return;
  }
  await answer(context, member, '', async () => {
    const added = await grant.use(member).addMember(request.peerURLs);
    writeClusterJson(context, member, 201, `${memberJson(added)}\n`);
  });
}

/** Gives a member other peer URLs. The id is looked at before the body, whatever the body is. */
export async function updateMember(
  context: Context,
  grant: RootGrant,
  member: ClusterAdmin,
  bodyBudget?: BodyBudget,
): Promise<void> {
  const id = idOrRefusal(context, member, subpathOf(context).subpath);
  if (id === undefined) return;
  const request: MemberRequest = await readMemberRequest(context.req, bodyBudget?.account(context.res));
  if (!request.ok) {
    writeClusterMessage(context, member, request.status, request.message);
    return;
  }
  await answer(context, member, id, async () => {
    await grant.use(member).updateMember(id, request.peerURLs);
    writeNoContent(context, member);
  });
}

/**
 * Removes a member for good: its id never comes back. `onlyIfLost=true` in the query comes from a process that would take its
 * place, and must not hurt one that runs.
 */
export async function removeMember(context: Context, grant: RootGrant, member: ClusterAdmin): Promise<void> {
  const { subpath, query } = subpathOf(context);
  const id = idOrRefusal(context, member, subpath);
  if (id === undefined) return;
  await wholeRequest(context.req);
  await answer(context, member, id, async () => {
    await grant.use(member).removeMember(id, { onlyIfLost: new URLSearchParams(query).get('onlyIfLost') === 'true' });
    writeNoContent(context, member);
  });
}

/** @param idText a byte string */
function idOrRefusal(context: Context, member: ClusterAdmin, idText: string): string | undefined {
  const id = parseMemberId(idText);
  if (id !== undefined) return id;
  if (idText === '') {
    context.res.setHeader('X-Etcd-Cluster-Id', member.clusterId);
    writeErrorText(context.res, 405, 'Method Not Allowed');
  } else {
    const name = Buffer.from(idText, 'latin1').toString('utf8');
    writeClusterMessage(context, member, 404, `No such member: ${name}`);
  }
  return undefined;
}

async function answer(context: Context, member: ClusterAdmin, id: string, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    const [status, message] = failureOf(error, context.method, id);
    writeClusterMessage(context, member, status, message);
  }
}

type Failure = readonly [status: number, message: string];

const INTERNAL: Failure = [500, 'Internal Server Error'];

/** @throws what is not a failure that members announce */
function failureOf(error: unknown, method: string, id: string): Failure {
  if (error instanceof MembershipError) return refusalAnswer(error.refusal, method, id);
  // Like etcd, which tells its own log why it could not, and the client nothing.
  if (error instanceof MemberError) return INTERNAL;
  throw error;
}

function refusalAnswer(refusal: MembershipRefusal, method: string, id: string): Failure {
  switch (refusal) {
    case 'peerURLExists':
      return [409, 'etcdserver: peerURL exists'];
    case 'idExists':
      return [409, 'etcdserver: ID exists'];
    case 'notFound':
      return [404, `No such member: ${id}`];
    case 'removed':
      return method === 'DELETE' ? [410, `Member permanently removed: ${id}`] : INTERNAL;
    case 'running':
      return [409, `Member is running: ${id}`];
    case 'tooManyLearners':
      return [409, 'etcdserver: too many learner members in cluster'];
    case 'lastMember':
    case 'unhealthy':
      return INTERNAL;
  }
}

function writeNoContent(context: Context, member: ClusterAdmin): void {
  context.res.writeHead(204, ['X-Etcd-Cluster-Id', member.clusterId]).end();
}
