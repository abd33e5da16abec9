/**
 * `POST /standby?peerURL=URL` of the peer port: one that waits says that it is there, and asks whether it may join. Anybody can say so, but
 * no page in a browser, whatever name it came by; before it counts it is asked back (member/standbyList.ts).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClusterAdmin, SettingsAdmin, StatusSource } from '../member/types';
import { isOfPage } from './connection/crossSite';
import { networkOf } from '../platform/network';
import { writeBadRequest, writeErrorText, writeJson, writeMethodNotAllowed } from './http/answers';
import { leadingMember } from './v2/members/members';

export const STANDBY_PATH = '/standby';

const URL_LENGTH_MAX = 2048;

/** @param query raw */
export function serveStandby(
  member: ClusterAdmin & SettingsAdmin & StatusSource,
  request: Pick<IncomingMessage, 'method' | 'headers' | 'socket'>,
  query: string,
  response: ServerResponse,
): void {
  const peerURL = new URLSearchParams(query).get('peerURL') ?? '';
  if (request.method !== 'POST') {
    writeMethodNotAllowed(response, ['POST']);
  } else if (isOfPage(request)) {
    writeErrorText(response, 403, 'a page in a browser waits for no place in a cluster');
  } else if (peerURL.length > URL_LENGTH_MAX || !/^https?:\/\//i.test(peerURL) || !URL.canParse(peerURL)) {
    writeBadRequest(response);
  } else {
    const { origin } = new URL(peerURL);
    const room = member.standbyLooks(origin, networkOf(request.socket.remoteAddress ?? ''));
    const leader = [...(leadingMember(member)?.clientURLs ?? [])].sort()[0] ?? '';
    const { syncIntervalMs } = member.clusterSettings();
    writeJson(response, 200, `${JSON.stringify({ room, syncInterval: syncIntervalMs / 1000, leader })}\n`);
  }
}
