/** What of a cluster's security can be seen from outside; the rows are those of docs/security.md. Pure. */
import type { Complaint, Finding, Rule } from '../doctor/findings';
import type { PortFacts, RouteFacts, SecurityFacts } from './facts';
import { isHere, portRules, portsIn, refusesStrangers, where } from './portRules';

export const securityRules: readonly Rule<SecurityFacts>[] = [
  ...portRules,
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
              seen: `is off: ${whoever(facts)} reads and writes every key, and adds and removes members`,
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
    isTold: (facts) => answering(facts, 'operators').length > 0,
    well: () => 'their routes are not for whoever is no user at the client port',
    complaints: operatorComplaints,
  },
  {
    about: 'host names',
    isTold: (facts) => answering(facts, 'foreignHost').length > 0,
    well: (facts) =>
      answering(facts, 'foreignHost').some(({ isTls }) => !isTls)
        ? 'foreign ones are refused (421)'
        : 'the certificate says who is meant',
    complaints: (facts) => {
      const open = answering(facts, 'foreignHost').filter(
        ({ isTls, routes }) => !isTls && statusOf(routes?.foreignHost) !== 421,
      );
      if (open.length === 0) return [];
      return [
        {
          severity: 'warning',
          seen: `under the name of another host ${where(open)} answers all the same, so that a web page may read from it (DNS rebinding)`,
          advice: '--host-whitelist with the names that clients use',
        },
      ];
    },
  },
  {
    about: 'other sites',
    isTold: (facts) => answering(facts, 'foreignSite').length > 0,
    well: () => 'web pages of other sites change nothing',
    complaints: (facts) => {
      const open = answering(facts, 'foreignSite').filter(({ routes }) => isOpenToSites(routes));
      if (open.length === 0) return [];
      return [
        {
          severity: 'warning',
          seen: `a web page of any site may change keys at ${where(open)} through the browser of somebody who reaches it`,
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
  seen: 'listeners that no member publishes, certificates that members made themselves (2.3, 2.6), data directories (1.1.11), the audit log',
  advice: 'docs/security.md, "Checking it", has a command for each, to be run beside the member',
};

/** The client ports that answered to this. */
function answering(facts: SecurityFacts, route: keyof RouteFacts): readonly PortFacts[] {
  return portsIn(facts, 'client').filter(({ routes }) => routes?.[route].kind === 'answered');
}

function statusOf(probed: RouteFacts[keyof RouteFacts] | undefined): number | undefined {
  return probed?.kind === 'answered' ? probed.status : undefined;
}

function isOpenToSites(routes: RouteFacts | undefined): boolean {
  if (routes?.foreignSite.kind !== 'answered') return false;
  const { status, headers } = routes.foreignSite;
  return headers['access-control-allow-origin'] !== undefined || (status !== 403 && status !== 401);
}

function operatorComplaints(facts: SecurityFacts): readonly Complaint[] {
  const open = answering(facts, 'operators').filter(({ routes }) => statusOf(routes?.operators) === 200);
  if (open.length === 0) return [];
  if (facts.isRoot) return [AS_ROOT];
  const to = open.every(refusesStrangers) ? 'everybody with a certificate of the CA of clients' : 'everybody';
  // A member of Cairn shows it to root alone then.
  if (facts.isAuthOn === true)
    return [
      {
        severity: 'warning',
        seen: `${where(open)} shows /debug/vars, with the command line, to ${to}, although auth is on`,
        advice: 'etcd has no switch for that: let only those reach its client port who may see it',
      },
    ];
  return [
    {
      severity: open.every(isHere) ? 'warning' : 'error',
      seen: `${where(open)} ${open.length === 1 ? 'gives' : 'give'} routes of operators to ${to}: the whole state with password hashes, members, draining`,
      advice: '--operator-routes metrics (or peer), and auth',
    },
  ];
}

function guestComplaints(facts: SecurityFacts): readonly Complaint[] {
  const { isAuthOn, isRoot, guestRights, rootForNobody } = facts;
  if (isAuthOn !== true) return [];
  if (guestRights === undefined && isRoot) return [AS_ROOT];
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

/** Everything is on this machine: it is a trial. */
function areHere({ ports }: SecurityFacts): boolean {
  return ports.every(isHere);
}

function whoever(facts: SecurityFacts): string {
  return portsIn(facts, 'client').every(refusesStrangers)
    ? 'whoever has a certificate of the CA of clients'
    : 'whoever reaches a client port';
}
