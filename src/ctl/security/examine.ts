/** Finds out what can be seen from outside. Changes nothing. */
import { findRole, isAuthEnabled } from '../../client/auth';
import { AnswerError, NoAnswerError } from '../../client/errors';
import { listMembers, type Member } from '../../client/members';
import type { Target } from '../../client/call';
import type { PortFacts, SecurityFacts } from './facts';
import { portOf, reachableAddresses, type Asking } from './ports';
import { dialAnybody, probe, type ShownPair } from './probe';

const NO_RIGHTS = { read: [], write: [] };

/**
 * Rejects with NoAnswerError or AnswerError if `target` does not list the members.
 *
 * @param target its user is shown at its own URL only
 * @param pair the client certificate that was given
 * @param addresses of this machine, that others reach
 */
export async function examine(
  target: Target,
  pair?: ShownPair,
  addresses: readonly string[] = reachableAddresses(),
): Promise<SecurityFacts> {
  const { url, timeoutMs, dial = dialAnybody() } = target;
  const nobody: Target = { url, timeoutMs, dial };
  const asking: Asking = { target: nobody, pair, addresses };
  const members = await listMembers(nobody);
  const [ports, isAuthOn, guestRights, rootForNobody, usersForNobody] = await Promise.all([
    Promise.all([...givenPort(members, url), ...members.flatMap(portsOf)].map((port) => portOf(port, asking))),
    unlessRefused(isAuthEnabled(nobody)),
    target.user === undefined
      ? undefined
      : unlessRefused(findRole(target, 'guest').then((rights) => rights ?? NO_RIGHTS)),
    probe({ url, path: '/v2/keys/', dial, timeoutMs }),
    probe({ url, path: '/v2/auth/users', dial, timeoutMs }),
  ]);
  // Other programs with this API have routes of operators that are open to everybody; the users they show to root alone, too.
  const isRoot = isAuthOn === true && usersForNobody.kind === 'answered' && usersForNobody.status === 200;
  return { nowMs: Date.now(), ports, isAuthOn, isRoot, guestRights, rootForNobody };
}

async function unlessRefused<T>(question: Promise<T>): Promise<T | undefined> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof AnswerError || error instanceof NoAnswerError) return undefined;
    throw error;
  }
}

type Port = Pick<PortFacts, 'name' | 'kind' | 'url'>;

/** What --url leads to is looked at also where no member publishes it: a Service, or a member that has only just begun. */
function givenPort(members: readonly Member[], asked: string): readonly Port[] {
  const isPublished = members.some(({ clientURLs }) => clientURLs.some((url) => originOf(url) === originOf(asked)));
  return isPublished ? [] : [{ name: 'whom --url leads to', kind: 'client', url: asked }];
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

function portsOf({ id, name: given, clientURLs, peerURLs }: Member): readonly Port[] {
  const name = given === '' ? id : given;
  return [
    ...clientURLs.map((url): Port => ({ name, kind: 'client', url })),
    ...peerURLs.map((url): Port => ({ name, kind: 'peer', url })),
  ];
}
