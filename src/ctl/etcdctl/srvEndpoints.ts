/** Endpoints from DNS: `--discovery-srv`. */
import { EXIT } from './exitCodes';
import { Failure } from './failures';
import { complain, type Io } from './io';

type Lookup = (name: string) => Promise<readonly { readonly name: string; readonly port: number }[]>;

export interface SrvQuestion {
  readonly domain: string;
  readonly takesPlain: boolean;
  /** The flag by which members can be named. */
  readonly instead: string;
}

/**
 * Those that speak TLS first. Without `takesPlain` the others are named and left out. None without a domain. Rejects with Failure if the
 * domain has none at all.
 */
export async function srvEndpoints(
  io: Pick<Io, 'stderr'>,
  { domain, takesPlain, instead }: SrvQuestion,
  lookup?: Lookup,
): Promise<readonly string[]> {
  if (domain === '') return [];
  const ask = lookup ?? (await import('node:dns/promises')).resolveSrv;
  const secure = await targets(ask, `_etcd-client-ssl._tcp.${domain}`, 'https');
  const plain = await targets(ask, `_etcd-client._tcp.${domain}`, 'http');
  if (secure.length + plain.length === 0) {
    throw new Failure(
      EXIT.badArguments,
      `there are no SRV records _etcd-client-ssl._tcp.${domain} or _etcd-client._tcp.${domain}; create them, or name the ` +
        `members with ${instead}`,
    );
  }
  if (takesPlain) return [...secure, ...plain];
  for (const endpoint of plain) complain(io, `ignoring discovered insecure endpoint "${endpoint}"`);
  return secure;
}

async function targets(lookup: Lookup, name: string, scheme: string): Promise<readonly string[]> {
  const records = await lookup(name).catch(() => []);
  return records.map(({ name: host, port }) => `${scheme}://${host.replace(/\.$/, '')}:${port}`);
}
