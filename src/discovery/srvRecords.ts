/** Members from DNS SRV records, as etcd 2 finds them. */
import { JoinError, type Founder } from './beginning';
import type { Environment } from './environment';
import { reasonOf } from '../platform/networkError';
import { Patience } from './patience';

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
 * The founders: this member under its name with the URLs its records have, the others named 0, 1, ... Asks until DNS answers.
 * Rejects with JoinError if there are no records, if they want TLS, or if this member is not among them.
 */
export async function foundersFromSrv(options: SrvOptions): Promise<readonly Founder[]> {
  const { domain, serviceName, name } = options;
  const suffix = serviceName === '' ? '' : `-${serviceName}`;
  const secure = await records(options, `_etcd-server-ssl${suffix}._tcp.${domain}`);
  const plain = await records(options, `_etcd-server${suffix}._tcp.${domain}`);
  if (secure.length > 0) {
    throw new JoinError(
      `the records _etcd-server-ssl${suffix}._tcp.${domain} ask for TLS between the members, which this release does not ` +
        `have; publish them as _etcd-server${suffix}._tcp`,
    );
  }
  if (plain.length === 0) {
    throw new JoinError(
      `there are no SRV records _etcd-server${suffix}._tcp.${domain}; create one for each member, or correct --discovery-srv`,
    );
  }
  const targets = [...plain].sort(byTarget);
  const own = await ownTargets(options, targets);
  if (own.size === 0) {
    throw new JoinError(
      `cannot find local etcd member ${JSON.stringify(name)} in SRV records: none of ${targets.map(urlOf).join(', ')} is ` +
        `${options.peerURLs.join(' or ')}; correct --initial-advertise-peer-urls or the records`,
    );
  }
  const others = targets.filter((target) => !own.has(target));
  const peerURLs = targets.filter((target) => own.has(target)).map(urlOf);
  const names = others.map((_, position) => String(position)).filter((each) => each !== name);
  return [
    { name, peerURLs },
    ...others.map((target, position) => ({
      name: names[position] ?? String(others.length),
      peerURLs: [urlOf(target)],
    })),
  ];
}

/** Empty if DNS says that there are none; asks again while it does not answer. */
async function records({ lookup, environment }: SrvOptions, service: string): Promise<readonly SrvRecord[]> {
  const patience = new Patience(environment);
  for (;;) {
    try {
      return await lookup.resolveSrv(service);
    } catch (error) {
      if (NO_SUCH_RECORDS.has(codeOf(error))) return [];
      patience.warn({ service }, `DNS does not answer for ${service} (${reasonOf(error)}); waiting for it`);
      await patience.wait();
    }
  }
}

/** By its advertised URL, or else by the address that URL stands for. */
async function ownTargets(options: SrvOptions, targets: readonly SrvRecord[]): Promise<ReadonlySet<SrvRecord>> {
  const byUrl = targets.filter((target) => options.peerURLs.includes(urlOf(target)));
  if (byUrl.length > 0) return new Set(byUrl);
  const own = new Set((await Promise.all(options.peerURLs.map((url) => endpoints(options.lookup, url)))).flat());
  const all = await Promise.all(targets.map((target) => endpoints(options.lookup, urlOf(target))));
  return new Set(targets.filter((_, position) => all[position]?.some((endpoint) => own.has(endpoint))));
}

/** `address port` of each address of a URL's host; none if it is not known. */
async function endpoints(lookup: Lookup, text: string): Promise<readonly string[]> {
  const { hostname, port } = new URL(text);
  const addresses = await lookup.lookup(hostname.replace(/^\[(.*)\]$/, '$1')).catch(() => []);
  return addresses.map((address) => `${address} ${port === '' ? '80' : port}`);
}

function urlOf({ name, port }: SrvRecord): string {
  return `http://${name.replace(/\.$/, '').toLowerCase()}:${port}`;
}

function byTarget(one: SrvRecord, other: SrvRecord): number {
  const [a, b] = [urlOf(one), urlOf(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function codeOf(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : '';
}
