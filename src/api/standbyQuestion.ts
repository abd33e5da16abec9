/** `POST /standby?peerURL=URL` of the peer port: one that waits says that it is there, and asks whether it may join. */
import type { ServerResponse } from 'node:http';
import type { ClusterAdmin, SettingsAdmin, StatusSource } from '../member/types';
import { writeBadRequest, writeJson, writeMethodNotAllowed } from './http/answers';
import { leadingMember } from './v2/members/members';

export const STANDBY_PATH = '/standby';

const URL_LENGTH_MAX = 2048;

/** @param query raw */
export function serveStandby(
  member: ClusterAdmin & SettingsAdmin & StatusSource,
  method: string | undefined,
  query: string,
  response: ServerResponse,
): void {
  const peerURL = new URLSearchParams(query).get('peerURL') ?? '';
  if (method !== 'POST') {
    writeMethodNotAllowed(response, ['POST']);
  } else if (peerURL.length > URL_LENGTH_MAX || !/^https?:\/\//i.test(peerURL) || !URL.canParse(peerURL)) {
    writeBadRequest(response);
  } else {
    const room = member.standbyLooks(peerURL);
    const leader = [...(leadingMember(member)?.clientURLs ?? [])].sort()[0] ?? '';
    const { syncIntervalMs } = member.clusterSettings();
    writeJson(response, 200, `${JSON.stringify({ room, syncInterval: syncIntervalMs / 1000, leader })}\n`);
  }
}
