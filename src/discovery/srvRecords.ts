/** Members from DNS SRV records, as etcd 2 finds them. */
import { JoinError, type Founder } from './beginning';
import type { Environment } from './environment';
import { hostOf, portOf } from '../platform/dial';
import { codeOf } from '../platform/errorCode';
import { reasonOf } from '../platform/networkError';
import { srvHosts, type SrvRecord } from '../platform/srvHosts';
import { Retry } from './retry';

/** The parts of node:dns/promises that are needed; rejections carry its codes. */
export interface Lookup {
  resolveSrv(name: string): Promise<readonly SrvRecord[]>;
  /** Addresses of a host. */
  lookup(host: string): Promise<readonly string[]>;
}

export interface SrvOptions {
  readonly domain: string;
  /** Of --discovery-srv-name; empty: none. */
  readonly serviceName: string;
  readonly name: string;
  /** This member's. */
  readonly peerURLs: readonly string[];
  readonly lookup: Lookup;
  /** Why nobody can be reached at a URL; undefined: somebody may. */
  readonly faultOfUrl: (url: string) => string | undefined;
  readonly environment: Environment;
}

const NO_SUCH_RECORDS = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * The founders: this member under its name with the URLs its records have, the others named 0, 1, ... Those of `_etcd-server-ssl` speak
 * TLS, those of `_etcd-server` do not; a host and port that is in both speaks TLS. Asks until DNS answers. Rejects with JoinError if
 * there are no records, if nobody can be reached at one, or if this member is not among them with the scheme that it advertises.
 */
export async function foundersFromSrv(options: SrvOptions): Promise<readonly Founder[]> {
  const { domain, serviceName, name } = options;
  const suffix = serviceName === '' ? '' : `-${serviceName}`;
  const services = [`_etcd-server-ssl${suffix}._tcp.${domain}`, `_etcd-server${suffix}._tcp.${domain}`] as const;
  const secure = await targets(options, 'https', services[0]);
  const plain = await targets(options, 'http', services[1]);
  const isSecure = new Set(secure.map(({ host }) => host));
  const all = [...secure, ...plain.filter(({ host }) => !isSecure.has(host))].sort(byUrl);
  if (all.length === 0) {
    throw new JoinError(
      `there are no SRV records ${services.join(' or ')} that name a host; create one for each member, or correct --discovery-srv`,
    );
  }
  const own = await ownTargets(options, all);
  if (own.size === 0) {
    throw new JoinError(
      `cannot find local etcd member ${JSON.stringify(name)} in SRV records: none of ${all.map(({ url }) => url).join(', ')} is ` +
        `${options.peerURLs.join(' or ')}; correct --initial-advertise-peer-urls (its scheme, too) or the records`,
    );
  }
  const others = all.filter((target) => !own.has(target));
  const peerURLs = all.filter((target) => own.has(target)).map(({ url }) => url);
  const names = others.map((_, position) => String(position)).filter((each) => each !== name);
  return [
    { name, peerURLs },
    ...others.map(({ url }, position) => ({ name: names[position] ?? String(others.length), peerURLs: [url] })),
  ];
}

/** What a record says, as a URL. */
interface Target {
  readonly url: string;
  /** With its port. */
  readonly host: string;
}

async function targets(options: SrvOptions, scheme: 'http' | 'https', service: string): Promise<readonly Target[]> {
  const found = srvHosts(await records(options, service));
  return found.map((host) => {
    const url = `${scheme}://${host}`;
    const fault = options.faultOfUrl(url);
    if (fault === undefined) return { url, host };
    throw new JoinError(
      `the SRV record ${service} names nobody that can be reached: ${fault}; correct the record, or --discovery-srv`,
    );
  });
}

/** Empty if DNS says that there are none; asks again while it does not answer. */
async function records({ lookup, environment }: SrvOptions, service: string): Promise<readonly SrvRecord[]> {
  const retry = new Retry(environment);
  for (;;) {
    try {
      return await lookup.resolveSrv(service);
    } catch (error) {
      if (NO_SUCH_RECORDS.has(codeOf(error) ?? '')) return [];
      retry.warn({ service }, `DNS does not answer for ${service} (${reasonOf(error)}); waiting for it`);
      await retry.wait();
    }
  }
}

/**
 * By its advertised URL, or else by the scheme and the address that URL stands for. Where it is none of those that are known it asks again as long as
 * DNS does not answer for some.
 */
async function ownTargets(options: SrvOptions, all: readonly Target[]): Promise<ReadonlySet<Target>> {
  const { lookup, environment, peerURLs } = options;
  const byName = all.filter(({ url }) => peerURLs.includes(url));
  if (byName.length > 0) return new Set(byName);
  const retry = new Retry(environment);
  for (;;) {
    const unanswered: Unanswered[] = [];
    const pointsOf = (url: string): Promise<readonly string[]> => endpoints(lookup, url, unanswered);
    const own = new Set((await Promise.all(peerURLs.map(pointsOf))).flat());
    const found = await Promise.all(all.map(({ url }) => pointsOf(url)));
    const ours = all.filter((_, position) => found[position]?.some((endpoint) => own.has(endpoint)));
    const [first] = unanswered;
    if (ours.length > 0 || first === undefined) return new Set(ours);
    retry.warn({ host: first.host }, `DNS does not answer for ${first.host} (${first.reason}); waiting for it`);
    await retry.wait();
  }
}

interface Unanswered {
  readonly host: string;
  readonly reason: string;
}

/**
 * `scheme address port` of each address of a URL's host; none if DNS says that there is none.
 *
 * @param unanswered gets the host if DNS does not say
 */
async function endpoints(lookup: Lookup, text: string, unanswered: Unanswered[]): Promise<readonly string[]> {
  const url = new URL(text);
  const host = hostOf(url);
  try {
    return (await lookup.lookup(host)).map((address) => `${url.protocol} ${address} ${portOf(url)}`);
  } catch (error) {
    if (!NO_SUCH_RECORDS.has(codeOf(error) ?? '')) unanswered.push({ host, reason: reasonOf(error) });
    return [];
  }
}

function byUrl({ url: a }: Target, { url: b }: Target): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
