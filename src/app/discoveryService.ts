/** The discovery service of one member: chance, time and the options that belong to it. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { DiscoveryOptions } from '../api/discovery/options';
import { makeStartTokens, parseStartTokens } from '../api/discovery/startTokens';
import type { Configuration } from '../config/configuration';
import { formatEndpoint } from '../config/urls';
import type { Member } from '../member/types';
import { presentMs, RealClock } from '../platform/realClock';
import { sleep } from '../platform/sleep';
import { withoutTrailingSlashes } from '../platform/trailingSlashes';
import { clusterOf } from './clusterFile';

const TOKEN_BYTES = 16;

export interface DiscoveryService extends DiscoveryOptions {
  /** Makes the tokens of --discovery-tokens and of the cluster file; resolves when they are there or the member stops. */
  start(member: Member): Promise<void>;
}

/** @throws ClusterFileError */
export function createDiscoveryService(configuration: Configuration, logger: Logger): DiscoveryService {
  const { discoveryClusterFile, discoveryTokenTtl: tokenTtlSeconds, discoveryTokens } = configuration;
  const urlPrefix = withoutTrailingSlashes(configuration.discoveryPrefix);
  const tokens = parseStartTokens(discoveryTokens);
  if (discoveryClusterFile !== '') {
    const [advertised = ''] = configuration.advertiseClientUrls.map(formatEndpoint);
    tokens.push(clusterOf(discoveryClusterFile, urlPrefix === '' ? advertised : urlPrefix, makeToken));
  }
  const clock = new RealClock();
  let isReady = tokens.length === 0;
  return {
    ...{ urlPrefix, tokenTtlSeconds, makeToken },
    isReady: () => isReady,
    start: async (member) => {
      await makeStartTokens(member, tokens, {
        now: presentMs,
        random: Math.random,
        sleep: (delayMs) => sleep(clock, delayMs),
        logger,
      });
      isReady = true;
    },
  };
}

function makeToken(): string {
  return randomBytes(TOKEN_BYTES).toString('hex');
}
