/** Members as JSON byte strings, and the answers of the members routes. */
import type { Context } from 'koa';
import type { MemberInfo } from '../../../machine/cluster/members';
import type { ClusterAdmin } from '../../../member/types';
import { writeJson } from '../../http/answers';
import { jsonText } from '../../http/json';

export function urlsJson(urls: readonly string[]): string {
  return `[${urls.map(jsonText).join(',')}]`;
}

/** One member as /v2/members shows it. Learners are marked as in the v3 API; voters look as in etcd 2.3. */
export function memberJson(member: MemberInfo): string {
  return (
    `{"id":"${member.id}","name":${jsonText(member.name)},"peerURLs":${urlsJson(member.peerURLs)},` +
    `"clientURLs":${urlsJson(member.clientURLs)}${member.learner ? ',"isLearner":true' : ''}}`
  );
}

/** @param bytes a JSON byte string */
export function writeClusterJson(context: Context, member: ClusterAdmin, status: number, bytes: string): void {
  context.res.setHeader('X-Etcd-Cluster-Id', member.clusterId);
  writeJson(context.res, status, bytes);
}

/** What went wrong, as all routes but the keys say it; without a newline. */
export function writeClusterMessage(context: Context, member: ClusterAdmin, status: number, message: string): void {
  writeClusterJson(context, member, status, `{"message":${jsonText(message)}}`);
}
