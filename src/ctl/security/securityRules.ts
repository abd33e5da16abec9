/** What of a cluster's security can be seen from outside; the rows are those of docs/security.md. Pure. */
import type { Complaint, Finding, Rule } from '../doctor/findings';
import type { PortFacts, SecurityFacts } from './facts';

const DAY_MS = 86_400_000;
const [SOON_DAYS, VERY_SOON_DAYS] = [30, 7];

const FOR_TLS = 'give members certificates and https URLs: docs/tls.md';

export const securityRules: readonly Rule<SecurityFacts>[] = [
  {
    about: 'tls (2.1)',
    well: (facts) => wellOf(facts, 'client', 'speak TLS, with certificates that the given CA vouches for'),
    complaints: forPorts('client', (port) => {
      if (port.distrust !== undefined)
        return {
          severity: 'error',
          seen: `the certificate of ${where(port)} is not believed: ${port.distrust}`,
          advice: FOR_TLS,
        };
      return port.isTls ? undefined : plainComplaint(port, 'every key and password');
    }),
  },
  {
    about: 'clients (2.2)',
    isTold: isReached('client'),
    well: (facts) => wellOf(facts, 'client', 'answer to nobody without a certificate'),
    complaints: (facts) =>
      portsIn(facts, 'client').flatMap((port): readonly Complaint[] =>
        port.isTls && port.stranger.kind === 'answered'
          ? [
              {
                severity: facts.isAuthOn === true ? 'warning' : 'error',
                seen: `${where(port)} answers to whoever shows no certificate`,
                advice: '--client-cert-auth with --trusted-ca-file',
              },
            ]
          : [],
      ),
  },
  {
    about: 'peers (2.4)',
    well: (facts) => wellOf(facts, 'peer', 'speak TLS'),
    complaints: forPorts('peer', (port) =>
      port.isTls ? undefined : plainComplaint(port, 'everything that members send each other'),
    ),
  },
  {
    about: 'members (2.5)',
    isTold: isReached('peer'),
    well: (facts) => wellOf(facts, 'peer', 'answer to nobody without a certificate'),
    complaints: forPorts('peer', (port) =>
      port.isTls && port.stranger.kind === 'answered'
        ? {
            severity: 'error',
            seen: `${where(port)} answers to whoever shows no certificate: who reaches it is taken for a member`,
            advice: '--peer-client-cert-auth with --peer-trusted-ca-file, and let only members reach it',
          }
        : undefined,
    ),
  },
  {
    about: 'plain http',
    isTold: ({ ports }) => ports.some(({ plain }) => plain !== undefined),
    well: () => 'no port with TLS answers to http as well',
    complaints: ({ ports }) =>
      ports
        .filter(({ plain }) => plain?.kind === 'answered' && plain.status < 400)
        .map((port) => ({
          severity: 'error',
          seen: `${where(port)} answers to http too`,
          advice: 'have no http URL on that port',
        })),
  },
  {
    about: 'certificates',
    isTold: ({ ports }) => ports.some(({ certificateEndsMs }) => certificateEndsMs !== undefined),
    well: () => `all that were shown are good for another ${SOON_DAYS} days`,
    complaints: ({ ports, nowMs }) => ports.flatMap((port) => endComplaint(port, nowMs) ?? []),
  },
  {
    about: 'auth',
    isTold: ({ isAuthOn }) => isAuthOn !== undefined,
    well: () => 'is on: what somebody may do depends on the user',
    complaints: (facts) =>
      facts.isAuthOn !== false
        ? []
        : [
            {
              severity: areHere(facts) ? 'warning' : 'error',
              seen: 'is off: whoever reaches a client port reads and writes every key, and adds and removes members',
              advice: 'docs/auth.md, "Switching it on": root, roles, the role guest, then auth enable',
            },
          ],
  },
  {
    about: 'guests',
    // Where auth is off everybody is one, which is said already.
    isTold: ({ isAuthOn, rootForNobody }) => isAuthOn !== undefined && rootForNobody.kind === 'answered',
    well: ({ isAuthOn, guestRights }) =>
      isAuthOn === false
        ? 'there are none while auth is off'
        : guestRights === undefined
          ? 'may not list the keys; with --user-file of a root user all that they may do is looked at'
          : 'may read and write nothing',
    complaints: guestComplaints,
  },
  {
    about: 'operators',
    isTold: ({ operatorsForNobody }) => operatorsForNobody.kind === 'answered',
    well: () => 'their routes are not for whoever is no user at the client port',
    complaints: (facts) =>
      facts.operatorsForNobody.kind !== 'answered' || facts.operatorsForNobody.status !== 200
        ? []
        : isAskedAsRoot(facts)
          ? [AS_ROOT]
          : [
              {
                severity: areHere(facts) ? 'warning' : 'error',
                seen: `${facts.askedAt} gives routes of operators to everybody: the whole state with password hashes, members, draining`,
                advice: '--operator-routes metrics (or peer), and auth',
              },
            ],
  },
  {
    about: 'host names',
    isTold: ({ foreignHost }) => foreignHost.kind === 'answered',
    well: ({ askedAt }) => (isTlsUrl(askedAt) ? 'the certificate says who is meant' : 'foreign ones are refused (421)'),
    complaints: ({ foreignHost, askedAt }) =>
      isTlsUrl(askedAt) || foreignHost.kind !== 'answered' || foreignHost.status === 421
        ? []
        : [
            {
              severity: 'warning',
              seen: `${askedAt} answers under the name of another host, so that a web page may read from it (DNS rebinding)`,
              advice: '--host-whitelist with the names that clients use',
            },
          ],
  },
  {
    about: 'other sites',
    isTold: ({ foreignSite }) => foreignSite.kind === 'answered',
    well: () => 'web pages of other sites change nothing',
    complaints: ({ foreignSite, askedAt }) => {
      if (foreignSite.kind !== 'answered') return [];
      const isOpen = foreignSite.headers['access-control-allow-origin'] !== undefined;
      if (!isOpen && (foreignSite.status === 403 || foreignSite.status === 401)) return [];
      return [
        {
          severity: 'warning',
          seen: `a web page of any site may change keys at ${askedAt} through the browser of somebody who reaches it`,
          advice: 'no --cross-site-writes, and --cors with the origins that are meant instead of *',
        },
      ];
    },
  },
];

const AS_ROOT: Complaint = {
  severity: 'unknown',
  seen: 'the certificate that was given is of a user with the role root: what others get is not seen',
  advice: 'run it with the certificate of somebody else',
};

/** What nobody can see from outside. */
export const NOT_SEEN: Finding = {
  severity: 'unknown',
  about: 'not seen',
  seen: 'certificates that members made themselves (2.3, 2.6), what a certificate of a client opens at a peer port (2.7), data directories (1.1.11), the audit log',
  advice: 'docs/security.md, "Checking it", has a command for each, to be run beside the member',
};

function forPorts(
  kind: PortFacts['kind'],
  complaintOf: (port: PortFacts) => Complaint | undefined,
): Rule<SecurityFacts>['complaints'] {
  return (facts) => portsIn(facts, kind).flatMap((port) => complaintOf(port) ?? []);
}

function portsIn({ ports }: SecurityFacts, kind: PortFacts['kind']): readonly PortFacts[] {
  return ports.filter((port) => port.kind === kind);
}

/** Of ports that nobody reaches from here nothing is known. */
function isReached(kind: PortFacts['kind']): (facts: SecurityFacts) => boolean {
  return (facts) => portsIn(facts, kind).some(({ stranger }) => stranger.kind !== 'unreachable');
}

function wellOf(facts: SecurityFacts, kind: PortFacts['kind'], words: string): string {
  const ports = portsIn(facts, kind);
  const encrypted = ports.filter(({ isTls }) => isTls).length;
  if (encrypted < ports.length)
    return `${ports.length - encrypted} ${kind} ports have no TLS, and only this machine reaches them`;
  const away = ports.filter(({ stranger }) => stranger.kind === 'unreachable').length;
  return `all ${ports.length} ${kind} ports ${words}${away === 0 ? '' : `; ${away} of them are not reached from here`}`;
}

function plainComplaint(port: PortFacts, what: string): Complaint | undefined {
  if (port.isLoopback) return undefined;
  return {
    severity: 'error',
    seen: `${where(port)} has no TLS: ${what} can be read and changed on the way`,
    advice: FOR_TLS,
  };
}

function endComplaint(port: PortFacts, nowMs: number): Complaint | undefined {
  if (port.certificateEndsMs === undefined) return undefined;
  const leftDays = Math.floor((port.certificateEndsMs - nowMs) / DAY_MS);
  if (leftDays >= SOON_DAYS) return undefined;
  const ends = leftDays < 0 ? 'has ended' : `ends in ${leftDays === 1 ? '1 day' : `${leftDays} days`}`;
  return {
    severity: leftDays < VERY_SOON_DAYS ? 'error' : 'warning',
    seen: `the certificate of ${where(port)} ${ends}`,
    advice: 'put a new one in its place: members read it without a restart',
  };
}

function guestComplaints(facts: SecurityFacts): readonly Complaint[] {
  const { isAuthOn, guestRights, rootForNobody } = facts;
  if (isAuthOn !== true) return [];
  if (guestRights === undefined && isAskedAsRoot(facts)) return [AS_ROOT];
  const advice = 'revoke it from the role guest: docs/auth.md, or cairn auth-apply';
  if (guestRights === undefined)
    return rootForNobody.kind === 'answered' && rootForNobody.status === 200
      ? [{ severity: 'error', seen: 'whoever is no user may list the keys', advice }]
      : [];
  const rights = (['read', 'write'] as const).flatMap((right) =>
    guestRights[right].map((pattern) => `${right} ${pattern}`),
  );
  if (rights.length === 0) return [];
  const isAll = rights.some((right) => /^\w+ \/?\*$/.test(right));
  return [{ severity: isAll ? 'error' : 'warning', seen: `whoever is no user may ${rights.join(', ')}`, advice }];
}

/** Where auth is on nobody but root gets there: the name in the certificate that was given is that of such a user. */
function isAskedAsRoot({ isAuthOn, operatorsForNobody }: SecurityFacts): boolean {
  return isAuthOn === true && operatorsForNobody.kind === 'answered' && operatorsForNobody.status === 200;
}

/** Everything is on this machine: it is a trial. */
function areHere({ ports }: SecurityFacts): boolean {
  return ports.every(({ isLoopback }) => isLoopback);
}

function where({ name, kind, url }: PortFacts): string {
  return `the ${kind} port of ${name} (${url})`;
}

function isTlsUrl(url: string): boolean {
  return /^https:/i.test(url);
}
