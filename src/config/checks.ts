/** What must hold between options, and what is allowed but hardly meant. */
import type { Built } from './build';
import { place } from './settings';
import { formatEndpoint, isWildcard, sameEndpoint } from './urls';

/** Paper section 5.6 wants the election timeout well above the heartbeat; five is what etcd 2.3 insists on. */
const HEARTBEATS_PER_ELECTION_MIN = 5;

type Check = (built: Built) => string | undefined;

const checks: readonly Check[] = [checkAdvertised, checkElectionTimeout, checkRequestTimeouts, checkListenUrls];

/** One sentence about the first rule that is broken, or undefined. */
export function findConflict(built: Built): string | undefined {
  for (const check of checks) {
    const conflict = check(built);
    if (conflict !== undefined) return conflict;
  }
  return undefined;
}

/** Refused since etcd 2.0: clients would be sent to the default address, where nobody listens. */
function checkAdvertised(built: Built): string | undefined {
  const listen = built.sources.get('listen-client-urls') ?? { source: 'default' };
  const advertise = built.sources.get('advertise-client-urls') ?? { source: 'default' };
  if (listen.source === 'default' || advertise.source !== 'default') return undefined;
  return `${place(listen)} is given without the URLs that clients use; give --advertise-client-urls too`;
}

function checkElectionTimeout(built: Built): string | undefined {
  const { electionTimeoutMs, heartbeatIntervalMs } = built.configuration;
  if (electionTimeoutMs >= HEARTBEATS_PER_ELECTION_MIN * heartbeatIntervalMs) return undefined;
  return (
    `${named(built, 'election-timeout')} of ${electionTimeoutMs} ms is less than ${HEARTBEATS_PER_ELECTION_MIN} times ` +
    `${named(built, 'heartbeat-interval')} of ${heartbeatIntervalMs} ms; raise the first or lower the second`
  );
}

/** Node's HTTP server refuses to start otherwise. */
function checkRequestTimeouts(built: Built): string | undefined {
  const { requestReceiveTimeoutMs, requestHeaderTimeoutMs } = built.configuration;
  if (requestReceiveTimeoutMs >= requestHeaderTimeoutMs) return undefined;
  return (
    `${named(built, 'request-receive-timeout')} of ${requestReceiveTimeoutMs} ms is less than ` +
    `${named(built, 'request-header-timeout')} of ${requestHeaderTimeoutMs} ms; raise the first or lower the second`
  );
}

function checkListenUrls(built: Built): string | undefined {
  const { listenClientUrls, listenPeerUrls } = built.configuration;
  const shared = listenClientUrls.find(
    (url) => url.port !== 0 && listenPeerUrls.some((peer) => sameEndpoint(url, peer)),
  );
  if (shared === undefined) return undefined;
  return (
    `${named(built, 'listen-client-urls')} and ${named(built, 'listen-peer-urls')} both have ` +
    `${formatEndpoint(shared)}; give clients and members different ports`
  );
}

/** The option as the operator wrote it, or marked as a default. */
function named(built: Built, name: string): string {
  const origin = built.sources.get(name) ?? { source: 'default' };
  return origin.source === 'default' ? `the default --${name}` : place(origin);
}

/** Warnings about what is allowed and seldom meant. */
export function findDoubts(built: Built): string[] {
  const { advertiseClientUrls, initialAdvertisePeerUrls } = built.configuration;
  const advertised = [
    { name: 'advertise-client-urls', urls: advertiseClientUrls },
    { name: 'initial-advertise-peer-urls', urls: initialAdvertisePeerUrls },
  ];
  return advertised.flatMap(({ name, urls }) =>
    urls
      .filter(({ host }) => isWildcard(host))
      .map(
        (url) => `${named(built, name)} has ${formatEndpoint(url)}, which nobody can connect to from another machine`,
      ),
  );
}
