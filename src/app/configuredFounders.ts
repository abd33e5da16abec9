/** Whom the options name as founders of the cluster. */
import { lookup, resolveSrv } from 'node:dns/promises';
import type { Configuration } from '../config/configuration';
import { faultOfUrl, formatEndpoint } from '../config/urls';
import { JoinError, type Founder } from '../discovery/beginning';
import type { Environment } from '../discovery/environment';
import { foundersFromSrv, type Lookup } from '../discovery/srvRecords';
import { clusterIdOf, memberIdOf } from '../member/identity';

export const DNS: Lookup = {
  resolveSrv,
  lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
};

/**
 * By --initial-cluster, or by --discovery-srv; a JoinError where DNS has nobody, or not this member. Waits for DNS. Rejects when the
 * process is asked to stop.
 */
export async function configuredFounders(
  configuration: Configuration,
  dns: Lookup,
  environment: Environment,
): Promise<readonly Founder[] | JoinError> {
  const { discoverySrv: domain, discoverySrvName: serviceName, name, initialCluster } = configuration;
  if (domain === '') {
    return [...initialCluster].map(([each, urls]) => ({ name: each, peerURLs: urls.map(formatEndpoint) }));
  }
  const peerURLs = configuration.initialAdvertisePeerUrls.map(formatEndpoint);
  try {
    return await foundersFromSrv({ domain, serviceName, name, peerURLs, lookup: dns, faultOfUrl, environment });
  } catch (error) {
    if (error instanceof JoinError) return error;
    throw error;
  }
}

/** The id of the cluster that they found. */
export function foundationOf(founders: readonly Founder[], token: string): string {
  return clusterIdOf(founders.map(({ peerURLs }) => memberIdOf(peerURLs, token)));
}
