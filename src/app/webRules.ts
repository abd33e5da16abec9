/** What browsers may do, as the configuration says. */
import { hostname } from 'node:os';
import type { WebRules } from '../api/connection/webRules';
import type { Configuration } from '../config/configuration';

/** For client and metrics ports, of members and proxies alike. */
export function webRules(configuration: Configuration): WebRules {
  const { cors, crossSiteWrites, hostWhitelist, advertiseClientUrls } = configuration;
  const ownNames = [hostname(), ...advertiseClientUrls.map(({ host }) => host)];
  return { cors, crossSiteWrites, hosts: { whitelist: hostWhitelist, ownNames } };
}
