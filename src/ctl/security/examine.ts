/** Finds out what can be seen from outside. Changes nothing. */
import { randomUUID } from 'node:crypto';
import { findRole, isAuthEnabled } from '../../client/auth';
import { AnswerError, NoAnswerError } from '../../client/errors';
import { listMembers, type Member } from '../../client/members';
import type { Target } from '../../client/call';
import { isLoopback } from '../../platform/loopback';
import type { PortFacts, SecurityFacts } from './facts';
import { dialAnybody, probe } from './probe';

const NO_RIGHTS = { read: [], write: [] };
/** Names that nobody has (RFC 2606). */
const FOREIGN_HOST = 'rebound.example';
const FOREIGN_ORIGIN = 'http://other.example';

/** @param target - its user is shown at its own URL only. Rejects with NoAnswerError or AnswerError if it does not list the members. */
export async function examine(target: Target): Promise<SecurityFacts> {
  const { url, timeoutMs, dial = dialAnybody() } = target;
  const nobody: Target = { url, timeoutMs, dial };
  const members = await listMembers(nobody);
  const ask = (path: string, more: { method?: 'DELETE'; headers?: Record<string, string> } = {}) =>
    probe({ ...{ url, path, dial, timeoutMs }, ...more });
  const [ports, isAuthOn, guestRights, rootForNobody, operatorsForNobody, foreignHost, foreignSite] = await Promise.all(
    [
      Promise.all([...givenPort(members, target), ...members.flatMap((member) => portsOf(member, target))]),
      unlessRefused(isAuthEnabled(nobody)),
      target.user === undefined
        ? undefined
        : unlessRefused(findRole(target, 'guest').then((rights) => rights ?? NO_RIGHTS)),
      ask('/v2/keys/'),
      ask('/debug/vars'),
      ask('/version', { headers: { Host: FOREIGN_HOST } }),
      ask(`/v2/keys/cairn-check-${randomUUID()}`, {
        method: 'DELETE',
        headers: { Origin: FOREIGN_ORIGIN, 'Sec-Fetch-Site': 'cross-site' },
      }),
    ],
  );
  const seen = { rootForNobody, operatorsForNobody, foreignHost, foreignSite };
  return { nowMs: Date.now(), askedAt: url, ports, isAuthOn, guestRights, ...seen };
}

async function unlessRefused<T>(question: Promise<T>): Promise<T | undefined> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof AnswerError || error instanceof NoAnswerError) return undefined;
    throw error;
  }
}

/** What --url leads to is looked at also where no member publishes it: a Service, or a member that has only just begun. */
function givenPort(members: readonly Member[], target: Target): Promise<PortFacts>[] {
  const isPublished = members.some(({ clientURLs }) =>
    clientURLs.some((url) => originOf(url) === originOf(target.url)),
  );
  return isPublished ? [] : [portOf({ name: 'whom --url leads to', kind: 'client', url: target.url }, target)];
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

function portsOf({ id, name: given, clientURLs, peerURLs }: Member, target: Target): Promise<PortFacts>[] {
  const name = given === '' ? id : given;
  return [
    ...clientURLs.map((url) => portOf({ name, kind: 'client', url }, target)),
    ...peerURLs.map((url) => portOf({ name, kind: 'peer', url }, target)),
  ];
}

async function portOf(
  port: Pick<PortFacts, 'name' | 'kind' | 'url'>,
  { timeoutMs, dial = dialAnybody() }: Target,
): Promise<PortFacts> {
  const { kind, url } = port;
  const path = kind === 'client' ? '/version' : '/members';
  const isTls = /^https:/i.test(url);
  let certificateEndsMs: number | undefined;
  const shown = (endsMs: number): void => {
    certificateEndsMs = endsMs;
  };
  const [stranger, plain, trusted] = await Promise.all([
    probe({ url, path, dial: dialAnybody(shown), timeoutMs }),
    isTls ? probe({ url: url.replace(/^https:/i, 'http:'), path, dial: dialAnybody(), timeoutMs }) : undefined,
    isTls && kind === 'client' ? probe({ url, path, dial, timeoutMs }) : undefined,
  ]);
  const distrust = trusted?.kind === 'refused' ? trusted.why : undefined;
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
  return { ...port, isTls, isLoopback: isLoopback(host), stranger, plain, certificateEndsMs, distrust };
}
