/** Members as JSON byte strings. */
import type { MemberInfo } from '../../../machine/cluster/members';
import { jsonText } from '../../http/json';

export function urlsJson(urls: readonly string[]): string {
  return `[${urls.map(jsonText).join(',')}]`;
}

/** One member as /v2/members shows it. */
export function memberJson(member: MemberInfo): string {
  return (
    `{"id":"${member.id}","name":${jsonText(member.name)},"peerURLs":${urlsJson(member.peerURLs)},` +
    `"clientURLs":${urlsJson(member.clientURLs)}}`
  );
}
