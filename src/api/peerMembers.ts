/**
 * `/members` of the peer port changed: how one that joins, comes back without its data or has moved asks, without a client URL and without
 * a user. Only for who showed a certificate with a name that the operator listed as one of members: it could be a member, and may do what
 * members do. A certificate that the CA merely signed is not enough, since clients have those too.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MemberError, MembershipError, type ClusterAdmin } from '../member/types';
import { hasListedName } from '../tls/identity';
import { writeErrorText, writeInternalError, writeJson, writeMethodNotAllowed } from './http/answers';
import type { RequestTarget } from './http/requestTarget';
import { parseMemberId } from './v2/members/memberId';
import { readMemberRequest } from './v2/members/memberRequest';

const PATH = '/members';

/** Whether it is for `servePeerMembers`: anything but a look at the list. */
export function changesMembers(path: string, method: string | undefined): boolean {
  return (path === PATH && method !== 'GET') || path.startsWith(`${PATH}/`);
}

/**
 * POST `/members` adds, and answers one that was added before and never started with its id as well; DELETE `/members/ID` removes one that
 * the leader does not hear from; PUT `/members/ID` gives one other peer URLs.
 *
 * @param onUnexpected gets exceptions; the request is then answered with 500
 */
export function servePeerMembers(
  member: ClusterAdmin,
  { path }: RequestTarget,
  request: IncomingMessage,
  response: ServerResponse,
  onUnexpected: (error: unknown) => void,
): void {
  if (!hasListedName(request.socket)) {
    request.resume();
    const what =
      'members are changed here only for who shows a certificate with a name that this member is told members have ' +
      '(--peer-client-cert-auth with --peer-cert-allowed-cn or --peer-cert-allowed-hostname)';
    writeErrorText(response, 403, what);
    return;
  }
  change(member, path, request, response).catch((error: unknown) => {
    const failure = failureOf(error);
    if (failure !== undefined) {
      writeErrorText(response, ...failure);
      return;
    }
    onUnexpected(error);
    writeInternalError(response);
  });
}

async function change(
  member: ClusterAdmin,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method } = request;
  if (path === PATH) {
    if (method === 'POST') await add(member, request, response);
    else writeMethodNotAllowed(response, ['GET', 'POST']);
    return;
  }
  const id = parseMemberId(path.slice(PATH.length + 1));
  if (id === undefined) {
    request.resume();
    writeErrorText(response, 400, 'no member has such an id');
  } else if (method === 'DELETE') {
    request.resume();
    await member.removeMember(id, { onlyIfLost: true });
    response.writeHead(204).end();
  } else if (method === 'PUT') {
    const wanted = await readMemberRequest(request);
    if (!wanted.ok) {
      writeErrorText(response, wanted.status, wanted.message);
      return;
    }
    await member.updateMember(id, wanted.peerURLs);
    response.writeHead(204).end();
  } else {
    request.resume();
    writeMethodNotAllowed(response, ['DELETE', 'PUT']);
  }
}

async function add(member: ClusterAdmin, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const wanted = await readMemberRequest(request);
  if (!wanted.ok) {
    writeErrorText(response, wanted.status, wanted.message);
    return;
  }
  const id = await member.addMember(wanted.peerURLs).then(
    (added) => added.id,
    (error: unknown) => {
      const before = unstartedAt(member, wanted.peerURLs);
      if (before !== undefined && error instanceof MembershipError && error.refusal === 'peerURLExists') return before;
      throw error;
    },
  );
  writeJson(response, 201, `${JSON.stringify({ id })}\n`);
}

/** One that was added when an answer was lost on its way. */
function unstartedAt(member: ClusterAdmin, peerURLs: readonly string[]): string | undefined {
  return member.members().find((listed) => listed.name === '' && listed.peerURLs.some((url) => peerURLs.includes(url)))
    ?.id;
}

/** Undefined: nobody foresaw it. */
function failureOf(error: unknown): readonly [status: number, text: string] | undefined {
  if (error instanceof MemberError) return [503, error.message];
  if (!(error instanceof MembershipError)) return undefined;
  switch (error.refusal) {
    case 'removed':
    case 'notFound':
      return [410, 'there is no such member, or no more'];
    case 'running':
      return [409, 'the leader hears from this member'];
    case 'peerURLExists':
    case 'idExists':
    case 'tooManyLearners':
      return [409, error.message];
    case 'lastMember':
    case 'unhealthy':
      return [503, error.message];
  }
}
