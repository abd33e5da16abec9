/** `/v2/machines` and `/v2/leader`, with their spellings of the 0.x releases: addresses as plain text. */
import type { Context } from 'koa';
import type { ClusterAdmin, KeyReader, StatusSource } from '../../../member/types';
import { writePlainText } from '../../http/answers';
import { writeFailure } from '../keys/answer';
import { leadingMember } from './members';

/** The client URLs of all started members, sorted; clients split at the comma. */
export function serveMachines(context: Context, member: ClusterAdmin): void {
  const urls = member.members().flatMap(({ clientURLs }) => clientURLs);
  writePlainText(context.res, 200, bytesOf([...urls].sort().join(', ')));
}

/** The leader's first peer URL; code 301 while there is no leader. */
export function serveLeader(context: Context, member: KeyReader & ClusterAdmin & StatusSource): void {
  const url = leadingMember(member)?.peerURLs[0];
  if (url === undefined)
    writeFailure(context.res, member, { code: 301, cause: '', etcdIndex: member.indexes().etcdIndex });
  else writePlainText(context.res, 200, bytesOf(url));
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').latin1Slice();
}
