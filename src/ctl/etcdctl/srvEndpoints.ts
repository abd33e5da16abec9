/** Endpoints from DNS: `--discovery-srv`. */
import { codeOf } from '../../platform/errorCode';
import { EXIT } from './exitCodes';
import { Failure, messageOf } from './failures';
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
 * domain has none at all, or DNS does not say.
 */
export async function srvEndpoints(
  io: Pick<Io, 'stderr'>,
  { domain, takesPlain, instead }: SrvQuestion,
  lookup?: Lookup,
): Promise<readonly string[]> {
  if (domain === '') return [];
  const ask = lookup ?? (await import('node:dns/promises')).resolveSrv;
  const secure = await targets(ask, `_etcd-client-ssl._tcp.${domain}`, 'https', instead);
  const plain = await targets(ask, `_etcd-client._tcp.${domain}`, 'http', instead);
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

/** What DNS says of a name that has no such records; anything else says nothing about them. */
const NONE: readonly string[] = ['ENOTFOUND', 'ENODATA'];

async function targets(lookup: Lookup, name: string, scheme: string, instead: string): Promise<readonly string[]> {
  const records = await lookup(name).catch((error: unknown) => {
    const code = codeOf(error) ?? messageOf(error);
    if (NONE.includes(code)) return [];
    throw new Failure(
      EXIT.badArguments,
      `DNS did not answer when it was asked for the SRV records ${name} (${code}), so that it is not known which members there are; try ` +
        `again, look at the resolver of this machine, or name the members with ${instead}`,
    );
  });
  return records.map(({ name: host, port }) => `${scheme}://${host.replace(/\.$/, '')}:${port}`);
}
