/** Members from DNS SRV records, as etcd 2 finds them. */
import { JoinError, type Founder } from './beginning';
import type { Environment } from './environment';
import { hostOf, portOf } from '../platform/dial';
import { codeOf } from '../platform/errorCode';
import { reasonOf } from '../platform/networkError';
import { Retry } from './retry';

export interface SrvRecord {
  readonly name: string;
  readonly port: number;
}

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
  readonly environment: Environment;
}

const NO_SUCH_RECORDS = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * The founders: this member under its name with the URLs its records have, the others named 0, 1, ... Those of `_etcd-server-ssl` speak
 * TLS, those of `_etcd-server` do not; a host and port that is in both speaks TLS. Asks until DNS answers. Rejects with JoinError if
 * there are no records, or if this member is not among them with the scheme that it advertises.
 */
export async function foundersFromSrv(options: SrvOptions): Promise<readonly Founder[]> {
  const { domain, serviceName, name } = options;
  const suffix = serviceName === '' ? '' : `-${serviceName}`;
  const secure = await targets(options, 'https', `_etcd-server-ssl${suffix}._tcp.${domain}`);
  const plain = await targets(options, 'http', `_etcd-server${suffix}._tcp.${domain}`);
  const isSecure = new Set(secure.map(({ host }) => host));
  const all = [...secure, ...plain.filter(({ host }) => !isSecure.has(host))].sort(byUrl);
  if (all.length === 0) {
    throw new JoinError(
      `there are no SRV records _etcd-server-ssl${suffix}._tcp.${domain} or _etcd-server${suffix}._tcp.${domain}; create one for ` +
        'each member, or correct --discovery-srv',
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
  const found = await records(options, service);
  return found.map(({ name, port }) => {
    const host = `${name.replace(/\.$/, '').toLowerCase()}:${port}`;
    return { url: `${scheme}://${host}`, host };
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

/** By its advertised URL, or else by the scheme and the address that URL stands for. */
async function ownTargets(options: SrvOptions, all: readonly Target[]): Promise<ReadonlySet<Target>> {
  const byName = all.filter(({ url }) => options.peerURLs.includes(url));
  if (byName.length > 0) return new Set(byName);
  const own = new Set((await Promise.all(options.peerURLs.map((url) => endpoints(options.lookup, url)))).flat());
  const found = await Promise.all(all.map(({ url }) => endpoints(options.lookup, url)));
  return new Set(all.filter((_, position) => found[position]?.some((endpoint) => own.has(endpoint))));
}

/** `scheme address port` of each address of a URL's host; none if it is not known. */
async function endpoints(lookup: Lookup, text: string): Promise<readonly string[]> {
  const url = new URL(text);
  const addresses = await lookup.lookup(hostOf(url)).catch(() => []);
  return addresses.map((address) => `${url.protocol} ${address} ${portOf(url)}`);
}

function byUrl({ url: a }: Target, { url: b }: Target): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
