/** Endpoints from DNS: `--discovery-srv`. */
import { faultOfUrl } from '../../config/urls';
import { codeOf } from '../../platform/errorCode';
import { srvHosts, type SrvRecord } from '../../platform/srvHosts';
import { EXIT } from './exitCodes';
import { Failure, messageOf } from './failures';
import { complain, type Io } from './io';

type Lookup = (name: string) => Promise<readonly SrvRecord[]>;

export interface SrvQuestion {
  readonly domain: string;
  readonly takesPlain: boolean;
  /** The flag by which members can be named. */
  readonly instead: string;
}

/**
 * Those that speak TLS first. Without `takesPlain` the others are named and left out, and so is what nobody can reach. None without a
 * domain. Rejects with Failure if the domain has none at all, or DNS does not say.
 */
export async function srvEndpoints(
  io: Pick<Io, 'stderr'>,
  { domain, takesPlain, instead }: SrvQuestion,
  lookup?: Lookup,
): Promise<readonly string[]> {
  if (domain === '') return [];
  const ask = lookup ?? (await import('node:dns/promises')).resolveSrv;
  const asked = { io, ask, instead };
  const secure = await targets(asked, `_etcd-client-ssl._tcp.${domain}`, 'https');
  const plain = await targets(asked, `_etcd-client._tcp.${domain}`, 'http');
  if (secure.length + plain.length === 0) {
    throw new Failure(
      EXIT.badArguments,
      `there are no SRV records _etcd-client-ssl._tcp.${domain} or _etcd-client._tcp.${domain} that name a host; create ` +
        `them, or name the members with ${instead}`,
    );
  }
  if (takesPlain) return [...secure, ...plain];
  for (const endpoint of plain) complain(io, `ignoring discovered insecure endpoint "${endpoint}"`);
  return secure;
}

/** What DNS says of a name that has no such records; anything else says nothing about them. */
const NONE: readonly string[] = ['ENOTFOUND', 'ENODATA'];

interface Asked {
  readonly io: Pick<Io, 'stderr'>;
  readonly ask: Lookup;
  readonly instead: string;
}

async function targets({ io, ask, instead }: Asked, name: string, scheme: string): Promise<readonly string[]> {
  const records = await ask(name).catch((error: unknown) => {
    const code = codeOf(error) ?? messageOf(error);
    if (NONE.includes(code)) return [];
    throw new Failure(
      EXIT.badArguments,
      `DNS did not answer when it was asked for the SRV records ${name} (${code}), so that it is not known which members there are; try ` +
        `again, look at the resolver of this machine, or name the members with ${instead}`,
    );
  });
  return srvHosts(records).flatMap((host) => {
    const url = `${scheme}://${host}`;
    const fault = faultOfUrl(url);
    if (fault !== undefined) complain(io, `ignoring the SRV record ${name}: ${fault}; correct the record`);
    return fault === undefined ? [url] : [];
  });
}
