/** What must hold between options, and what is allowed but hardly meant. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { isWritten, named } from './build';
import type { Built } from './build';
import { place } from './settings';
import { enumerate } from './text';
import { findTlsConflict, findTlsDoubts } from './tlsChecks';
import { formatEndpoint, isWildcard, needSamePort, sameEndpoint } from './urls';
import type { Endpoint } from './urls';

/** Paper section 5.6 wants the election timeout well above the heartbeat; five is what etcd 2.3 insists on. */
const HEARTBEATS_PER_ELECTION_MIN = 5;

type Check = (built: Built) => string | undefined;

const checks: readonly Check[] = [
  checkAdvertised,
  checkElectionTimeout,
  checkRequestTimeouts,
  checkListenUrls,
  checkProxied,
  checkBootstrap,
  checkForced,
  checkPeers,
  checkOperatorRoutes,
  checkAuditLog,
  findTlsConflict,
];

const BOOTSTRAP_OPTIONS = ['initial-cluster', 'discovery', 'discovery-srv'];

/** One sentence about the first rule that is broken, or undefined. */
export function findConflict(built: Built): string | undefined {
  for (const check of checks) {
    const conflict = check(built);
    if (conflict !== undefined) return conflict;
  }
  return undefined;
}

/**
 * Refused since etcd 2.0: clients would be sent to the default address, where nobody listens. A proxy is no member, and nobody
 * is sent to it.
 */
function checkAdvertised(built: Built): string | undefined {
  if (built.configuration.proxy !== 'off') return undefined;
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

function checkPeers(built: Built): string | undefined {
  const { peers, peersFile } = built.configuration;
  if (peers.length === 0 || peersFile === '') return undefined;
  return `${named(built, 'peers')} and ${named(built, 'peers-file')} are two ways to say the same; use one of them`;
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
  const { listenClientUrls: clients, listenPeerUrls: peers, listenMetricsUrls: metrics } = built.configuration;
  const client = { name: 'listen-client-urls', urls: clients };
  const peer = { name: 'listen-peer-urls', urls: peers };
  const ofMetrics = { name: 'listen-metrics-urls', urls: metrics };
  return (
    explainShared(built, client, peer, 'give clients and members different ports') ??
    explainShared(built, client, ofMetrics, 'leave the second out: clients have /metrics in any case') ??
    explainShared(built, peer, ofMetrics, 'give members and metrics different ports')
  );
}

interface Listening {
  readonly name: string;
  readonly urls: readonly Endpoint[];
}

function explainShared(built: Built, one: Listening, other: Listening, advice: string): string | undefined {
  for (const url of one.urls) {
    const same = other.urls.find((each) => needSamePort(url, each));
    if (same === undefined) continue;
    const [first, second] = [named(built, one.name), named(built, other.name)];
    if (sameEndpoint(url, same)) return `${first} and ${second} both have ${formatEndpoint(url)}; ${advice}`;
    return `${first} has ${formatEndpoint(url)} and ${second} ${formatEndpoint(same)}, which is the same port; ${advice}`;
  }
  return undefined;
}

/** By default --initial-cluster is the process itself, and a proxy is no member. */
function checkProxied(built: Built): string | undefined {
  const proxy = built.sources.get('proxy') ?? { source: 'default' };
  if (built.configuration.proxy === 'off' || proxy.source === 'default') return undefined;
  if (
    ['initial-cluster', 'discovery'].some(
      (name) => (built.sources.get(name) ?? { source: 'default' }).source !== 'default',
    )
  )
    return undefined;
  return `${place(proxy)} has nobody to forward to; list the members with --initial-cluster, or give --discovery`;
}

/** As in etcd: how a cluster begins is said in one way. */
function checkBootstrap(built: Built): string | undefined {
  const given = BOOTSTRAP_OPTIONS.filter((name) => isGiven(built, name));
  if (given.length > 1) {
    const names = enumerate(
      given.map((name) => named(built, name)),
      'and',
    );
    return `${names} are given together; give one of them: each says how the cluster begins`;
  }
  if (built.configuration.initialClusterState === 'existing' && isGiven(built, 'discovery')) {
    return (
      `${named(built, 'discovery')} is given with ${named(built, 'initial-cluster-state')} existing, but a token is for a new ` +
      'cluster; to join a running one name its members with --join-urls'
    );
  }
  return undefined;
}

/** What is forced is made from data, and a proxy has none. */
function checkForced(built: Built): string | undefined {
  const { forceNewCluster, proxy } = built.configuration;
  if (!forceNewCluster || proxy === 'off') return undefined;
  return (
    `${named(built, 'force-new-cluster')} and ${named(built, 'proxy')} are given together, but a proxy has no data to make a ` +
    'cluster from; remove one of them'
  );
}

/** Nobody could reach them. */
function checkOperatorRoutes(built: Built): string | undefined {
  const { operatorRoutes, listenMetricsUrls } = built.configuration;
  if (operatorRoutes !== 'metrics' || listenMetricsUrls.length > 0) return undefined;
  return `${named(built, 'operator-routes')} is metrics, but there is no such port; give --listen-metrics-urls too`;
}

/** It would go away with the data of a member that is removed, and nobody can wait for a place, or forward, in a directory with files of others. */
function checkAuditLog(built: Built): string | undefined {
  const { auditLog, dataDir } = built.configuration;
  if (auditLog === '' || auditLog === '-') return undefined;
  const way = relative(resolve(dataDir), resolve(auditLog));
  if (way.split(sep)[0] === '..' || isAbsolute(way)) return undefined;
  return `${named(built, 'audit-log')} is in the data directory (${dataDir}), where nothing but the data may be; give a path beside it`;
}

function isGiven(built: Built, name: string): boolean {
  // A list of this member alone is the default, which --print-config writes into its file.
  if (name === 'initial-cluster' && built.configuration.initialCluster.size === 1) return false;
  return isWritten(built, name);
}

/** Warnings about what is allowed and seldom meant. */
export function findDoubts(built: Built): string[] {
  const { advertiseClientUrls, initialAdvertisePeerUrls } = built.configuration;
  const advertised = [
    { name: 'advertise-client-urls', urls: advertiseClientUrls },
    { name: 'initial-advertise-peer-urls', urls: initialAdvertisePeerUrls },
  ];
  const wildcards = advertised.flatMap(({ name, urls }) =>
    urls
      .filter(({ host }) => isWildcard(host))
      .map(
        (url) => `${named(built, name)} has ${formatEndpoint(url)}, which nobody can connect to from another machine`,
      ),
  );
  return [...wildcards, ...findUnheardPeers(built), ...findTlsDoubts(built)];
}

/** Others would be told of the default address, where nobody listens; a member alone does not notice, until it is not alone. */
function findUnheardPeers(built: Built): string[] {
  const { proxy, listenPeerUrls, initialAdvertisePeerUrls } = built.configuration;
  const listen = built.sources.get('listen-peer-urls') ?? { source: 'default' };
  const advertise = built.sources.get('initial-advertise-peer-urls') ?? { source: 'default' };
  if (proxy !== 'off' || listen.source === 'default' || listen.source === 'command') return [];
  if (advertise.source !== 'default') return [];
  if (initialAdvertisePeerUrls.some(({ port }) => listenPeerUrls.some((url) => url.port === port))) return [];
  const told = initialAdvertisePeerUrls.map(formatEndpoint).join(', ');
  return [
    `${place(listen)} is given without the URLs that other members use: they are told ${told}, where this member does not ` +
      'listen; give --initial-advertise-peer-urls too',
  ];
}
