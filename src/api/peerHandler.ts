/** The plain requests of the peer port: what a joining member and etcd's own tools ask for (spec v2-api section 1). */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { MemberInfo } from '../machine/cluster/members';
import type { ClusterAdmin, SettingsAdmin, StatusSource } from '../member/types';
import { writeBadRequest, writeInternalError, writeJson, writeMethodNotAllowed } from './http/answers';
import { jsonText } from './http/json';
import { serveStandby, STANDBY_PATH } from './standbyQuestion';
import { changesMembers, servePeerMembers } from './peerMembers';
import { FOUNDERS_PATH, serveFounders, type AnswerFounder } from './founders';
import { parseRequestTarget, type RequestTarget } from './http/requestTarget';
import { versionJson } from './ops/version';
import { urlsJson } from './v2/members/memberJson';

/** The members as this port shows them: the id is a JSON number, all 64 bits of it. */
export function peerMembersJson(members: readonly MemberInfo[]): string {
  const rows = members.map(
    (member) =>
      `{"id":${BigInt(`0x${member.id}`)},"peerURLs":${urlsJson(member.peerURLs)},` +
      `"name":${jsonText(member.name)},"clientURLs":${urlsJson(member.clientURLs)}}`,
  );
  return `[${rows.join(',')}]\n`;
}

/**
 * Serves `/members` (peerMembers.ts says who may change it), `/version`, `/standby` and with `answerFounder` also `/founders`.
 *
 * @param others everything else goes there
 * @param onUnexpected gets exceptions; the request is then answered with 500
 */
export function createPeerHandler(
  member: ClusterAdmin & SettingsAdmin & StatusSource,
  onUnexpected: (error: unknown) => void,
  others: RequestListener,
  answerFounder?: AnswerFounder,
): RequestListener {
  return (request, response) => {
    try {
      const target = parseRequestTarget(request.url ?? '');
      if (target?.path === FOUNDERS_PATH && answerFounder !== undefined) {
        serveFounders(answerFounder, request.method, target.query, response, onUnexpected);
      } else if (target?.path === STANDBY_PATH) {
        request.resume();
        serveStandby(member, request, target.query, response);
      } else if (target !== undefined && changesMembers(target.path, request.method)) {
        servePeerMembers(member, target, request, response, onUnexpected);
      } else {
        servePeer(member, target, request, response, others);
      }
    } catch (error) {
      onUnexpected(error);
      writeInternalError(response);
    }
  };
}

function servePeer(
  member: ClusterAdmin,
  target: RequestTarget | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  others: RequestListener,
): void {
  if (target === undefined) {
    writeBadRequest(response);
  } else if (target.path !== '/members' && target.path !== '/version') {
    others(request, response);
  } else if (request.method !== 'GET') {
    writeMethodNotAllowed(response, ['GET']);
  } else if (target.path === '/version') {
    writeJson(response, 200, versionJson(member));
  } else {
    response.setHeader('X-Etcd-Cluster-Id', member.clusterId);
    writeJson(response, 200, peerMembersJson(member.members()));
  }
}
