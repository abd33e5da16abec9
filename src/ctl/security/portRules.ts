/** The rows of docs/security.md that are about single ports: TLS, and who is asked for a certificate. Pure. */
import type { Complaint, Rule } from '../doctor/findings';
import type { PortFacts, SecurityFacts } from './facts';

const DAY_MS = 86_400_000;
const [SOON_DAYS, VERY_SOON_DAYS] = [30, 7];

const FOR_TLS = 'give members certificates and https URLs: docs/tls.md';
const FOR_CLIENTS = '--client-cert-auth with --trusted-ca-file';
const FOR_MEMBERS = '--peer-client-cert-auth with --peer-trusted-ca-file, and let only members reach it';
const FOR_OWN_CA = 'a CA that signs for nobody but members, or --peer-cert-allowed-cn with the name of members alone';

export const portRules: readonly Rule<SecurityFacts>[] = [
  {
    about: 'tls (2.1)',
    well: (facts) =>
      wellOf(facts, 'client', ['speaks', 'speak'], 'TLS, with certificates that the given CA vouches for'),
    complaints: (facts) => [
      ...plainComplaints(facts, 'client', 'every key and password can be read and changed on the way'),
      ...portsIn(facts, 'client').flatMap((port): readonly Complaint[] =>
        port.distrust === undefined
          ? []
          : [
              {
                severity: 'error',
                seen: `the certificate of ${where([port])} is not believed: ${port.distrust}`,
                advice: FOR_TLS,
              },
            ],
      ),
    ],
  },
  {
    about: 'clients (2.2)',
    isTold: isReached('client'),
    well: (facts) => wellOf(facts, 'client', ['answers', 'answer'], 'to nobody without a certificate'),
    complaints: (facts) => [
      ...withoutTls(facts, 'client', 'without TLS nobody is asked for a certificate: see 2.1'),
      ...grouped(portsIn(facts, 'client').filter(isOpenTls), (ports) => ({
        severity: facts.isAuthOn === true ? 'warning' : 'error',
        seen: `${saidOf(ports, 'answers', 'answer')} to whoever shows no certificate`,
        advice: FOR_CLIENTS,
      })),
    ],
  },
  {
    about: 'peers (2.4)',
    well: (facts) => wellOf(facts, 'peer', ['speaks', 'speak'], 'TLS'),
    complaints: (facts) =>
      plainComplaints(facts, 'peer', 'everything that members send each other can be read and changed on the way'),
  },
  {
    about: 'members (2.5)',
    isTold: isReached('peer'),
    well: (facts) => wellOf(facts, 'peer', ['answers', 'answer'], 'to nobody without a certificate'),
    complaints: (facts) => [
      ...withoutTls(facts, 'peer', 'without TLS nobody is asked for a certificate: see 2.4'),
      ...grouped(portsIn(facts, 'peer').filter(isOpenTls), (ports) => ({
        severity: 'error',
        seen: `${saidOf(ports, 'answers', 'answer')} to whoever shows no certificate: who reaches it is taken for a member`,
        advice: FOR_MEMBERS,
      })),
    ],
  },
  {
    about: 'CAs (2.7)',
    // Where no port refuses a stranger the row above says it all.
    isTold: (facts) => portsIn(facts, 'peer').some(refusesStrangers),
    well: (facts) => wellOf(facts, 'peer', ['refuses', 'refuse'], 'the client certificate that was given'),
    complaints: (facts) => [
      ...withoutTls(facts, 'peer', 'without TLS nobody is asked for a certificate: see 2.4'),
      ...certificateComplaints(facts),
    ],
  },
  {
    about: 'plain http',
    isTold: ({ ports }) => ports.some(({ plain, isTls }) => plain !== undefined || !isTls),
    well: () => 'no port with TLS answers to http as well',
    complaints: (facts) => [
      ...withoutTls(facts, undefined, 'there are ports without TLS: see 2.1 and 2.4'),
      ...grouped(
        facts.ports.filter(({ plain }) => plain?.kind === 'answered' && plain.status < 400),
        (ports) => ({
          severity: 'error',
          seen: `${saidOf(ports, 'answers', 'answer')} to http too`,
          advice: 'have no http URL on that port',
        }),
      ),
    ],
  },
  {
    about: 'certificates',
    isTold: ({ ports }) => ports.some(({ certificateEndsMs }) => certificateEndsMs !== undefined),
    well: () => `all that were shown are good for another ${SOON_DAYS} days`,
    complaints: ({ ports, nowMs }) => ports.flatMap((port) => endComplaint(port, nowMs) ?? []),
  },
];

export function portsIn({ ports }: SecurityFacts, kind?: PortFacts['kind']): readonly PortFacts[] {
  return kind === undefined ? ports : ports.filter((port) => port.kind === kind);
}

/** As far as this machine can tell, nobody on another one reaches it. */
export function isHere({ isLoopback, elsewhere }: PortFacts): boolean {
  return isLoopback && elsewhere.length === 0;
}

/** Has TLS, and says who it is without TLS being asked of the other side. */
function isOpenTls({ isTls, stranger }: PortFacts): boolean {
  return isTls && stranger.kind === 'answered';
}

export function refusesStrangers({ isTls, stranger }: PortFacts): boolean {
  return isTls && stranger.kind === 'refused';
}

/** Of ports that nobody reaches from here nothing is known. */
function isReached(kind: PortFacts['kind']): (facts: SecurityFacts) => boolean {
  return (facts) => portsIn(facts, kind).some(({ stranger }) => stranger.kind !== 'unreachable');
}

function wellOf(
  facts: SecurityFacts,
  kind: PortFacts['kind'],
  [does, doThey]: readonly [string, string],
  what: string,
): string {
  const ports = portsIn(facts, kind);
  const away = ports.filter(({ stranger }) => stranger.kind === 'unreachable').length;
  const who = ports.length === 1 ? `the only ${kind} port ${does}` : `all ${ports.length} ${kind} ports ${doThey}`;
  return `${who} ${what}${away === 0 ? '' : `; not reached from here: ${away}`}`;
}

function grouped(
  ports: readonly PortFacts[],
  complaintOf: (ports: readonly PortFacts[]) => Complaint,
): readonly Complaint[] {
  return ports.length === 0 ? [] : [complaintOf(ports)];
}

/**
 * Of ports without TLS, every one a failure where others reach it. Where nobody else seems to, it is a warning and never well: what
 * listens there is not told, and a port that is forwarded looks the same from here.
 */
function plainComplaints(
  facts: SecurityFacts,
  kind: PortFacts['kind'] | undefined,
  meaning: string,
): readonly Complaint[] {
  const plain = portsIn(facts, kind).filter(({ isTls }) => !isTls);
  const isMixed = (port: PortFacts): boolean =>
    port.kind === 'peer' && facts.ports.some((other) => other.kind === 'peer' && other.isTls);
  const here = plain.filter((port) => isHere(port) && !isMixed(port));
  const open = plain.filter((port) => !here.includes(port));
  return [
    ...grouped(open, (ports) => ({
      severity: 'error',
      seen: `${saidOf(ports, 'has', 'have')} no TLS${ports.some(isMixed) ? ', while other members have' : ''}: ${meaning}`,
      advice: FOR_TLS,
    })),
    ...grouped(here, (ports) => ({
      severity: 'warning',
      seen: `${saidOf(ports, 'has', 'have')} no TLS: ${meaning}; no other address of this machine answers there, so only who is on it, or comes by a forwarded port`,
      advice: FOR_TLS,
    })),
  ];
}

/** Of a row that fails only because of what another row says at length: as bad, and short. */
function withoutTls(facts: SecurityFacts, kind: PortFacts['kind'] | undefined, seen: string): readonly Complaint[] {
  return plainComplaints(facts, kind, '')
    .slice(0, 1)
    .map(({ severity }) => ({ severity, seen }));
}

function certificateComplaints(facts: SecurityFacts): readonly Complaint[] {
  const peers = portsIn(facts, 'peer');
  const opened = peers.filter(
    ({ stranger, withCertificate }) =>
      stranger.kind !== 'answered' && withCertificate?.kind === 'answered' && withCertificate.status < 400,
  );
  if (opened.length > 0) {
    const seen = `the client certificate that was given opens ${where(opened)}: whoever has one of that CA is taken for a member`;
    return [{ severity: 'error', seen, advice: FOR_OWN_CA }];
  }
  if (!peers.some(refusesStrangers) || peers.some(({ withCertificate }) => withCertificate !== undefined)) return [];
  return [
    {
      severity: 'unknown',
      seen: 'whether a certificate of a client opens a peer port is seen with one',
      advice: 'give one that clients have with --cert-file and --key-file',
    },
  ];
}

function endComplaint(port: PortFacts, nowMs: number): Complaint | undefined {
  if (port.certificateEndsMs === undefined) return undefined;
  const leftDays = Math.floor((port.certificateEndsMs - nowMs) / DAY_MS);
  if (leftDays >= SOON_DAYS) return undefined;
  const ends = leftDays < 0 ? 'has ended' : `ends in ${leftDays === 1 ? '1 day' : `${leftDays} days`}`;
  return {
    severity: leftDays < VERY_SOON_DAYS ? 'error' : 'warning',
    seen: `the certificate of ${where([port])} ${ends}`,
    advice: 'put a new one in its place: members read it without a restart',
  };
}

function saidOf(ports: readonly PortFacts[], does: string, doThey: string): string {
  return `${where(ports)} ${ports.length === 1 ? does : doThey}`;
}

/** Names all of them: who mends one wants to know of the others. */
export function where(ports: readonly PortFacts[]): string {
  return (['client', 'peer'] as const)
    .map((kind) => ports.filter((port) => port.kind === kind))
    .filter((some) => some.length > 0)
    .map(
      (some) => `the ${some[0]?.kind ?? ''} ${some.length === 1 ? 'port' : 'ports'} of ${some.map(named).join(', ')}`,
    )
    .join(' and ');
}

function named({ name, url, elsewhere: [first] }: PortFacts): string {
  return `${name} (${url}${first === undefined ? '' : `, which answers at ${first} too`})`;
}
