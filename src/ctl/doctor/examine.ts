/** Asks every member of a cluster what `cairn doctor` wants to know. */
import { AnswerError, NoAnswerError, UnreachableError } from '../../client/errors';
import { isHealthy, serverVersion } from '../../client/health';
import { ask, askForJson, type Target } from '../../client/http';
import { isRecord, textOf } from '../../client/json';
import { listMembers, type Member } from '../../client/members';
import { parseMetrics, type Metrics } from '../../client/metricsText';
import type { Answering, ClusterFacts, MemberFacts } from './facts';

const NOT_FOUND = 404;

/** The members are those that `target` lists. Rejects with NoAnswerError or AnswerError if it does not list them. */
export async function examine(target: Target): Promise<ClusterFacts> {
  const members = await listMembers(target);
  return { askedAt: target.url, members: await Promise.all(members.map((member) => examineMember(target, member))) };
}

async function examineMember(target: Target, member: Member): Promise<MemberFacts> {
  const failures: string[] = [];
  let isUnasked = false;
  for (const url of member.clientURLs) {
    try {
      const { selfId, ...answering } = await examineAt({ ...target, url });
      // What failed at the URLs before this one is nothing that is not known of the member.
      if (selfId === undefined || selfId === member.id) return { member, answering, failure: '', isUnasked: false };
      // What is there says nothing of this one.
      failures.push(`${url} leads to another member, ${selfId}: --advertise-client-urls of this one is not its own`);
    } catch (error) {
      if (!(error instanceof NoAnswerError || error instanceof AnswerError)) throw error;
      failures.push(error.message);
      isUnasked ||= error instanceof UnreachableError && error.code !== undefined;
    }
  }
  return { member, answering: undefined, failure: failures.join('; ') || 'it has no client URL', isUnasked };
}

async function examineAt(target: Target): Promise<Answering & { readonly selfId: string | undefined }> {
  // Says why, if nobody answers.
  const version = await serverVersion(target);
  const [healthy, ready, self, members, metrics] = await Promise.all([
    isHealthy(target),
    isReady(target),
    selfOf(target),
    listMembers(target),
    metricsOf(target),
  ]);
  const memberIds = members.map(({ id }) => id).sort();
  return { url: target.url, version, isHealthy: healthy, isReady: ready, ...self, memberIds, metrics };
}

/** Other programs with this API do not say; they are asked for nothing more than their health. */
async function isReady(target: Target): Promise<boolean> {
  const { status } = await ask(target, { method: 'GET', path: '/readyz' });
  return status === 200 || status === NOT_FOUND;
}

/** Who answers there, and whom it follows. */
async function selfOf(
  target: Target,
): Promise<{ readonly selfId: string | undefined; readonly leader: string | undefined }> {
  const stats = await askForJson(target, { method: 'GET', path: '/v2/stats/self' });
  if (!isRecord(stats)) return { selfId: undefined, leader: undefined };
  const information = isRecord(stats['leaderInfo']) ? stats['leaderInfo'] : {};
  return { selfId: textOf(stats['id']) || undefined, leader: textOf(information['leader']) || undefined };
}

/** Undefined where they are served elsewhere, or not at all. */
async function metricsOf(target: Target): Promise<Metrics | undefined> {
  const { status, text } = await ask(target, { method: 'GET', path: '/metrics' });
  return status === 200 ? parseMetrics(text) : undefined;
}
