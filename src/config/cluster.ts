import { failure, success } from './result';
import type { Result } from './result';
import { listItems, quote } from './text';
import { formatEndpoint, parseEndpoint } from './urls';
import type { Endpoint } from './urls';

/** The members a new cluster starts with: name to peer URLs, in the order they were written. */
export type InitialCluster = ReadonlyMap<string, readonly Endpoint[]>;

/** The member that reads the list, as its other options describe it. */
export interface OwnMember {
  readonly name: string;
  readonly peerUrls: readonly Endpoint[];
}

/**
 * Parses `name=url,name=url,other=url`. The message of a failure is a sentence without the option's name.
 */
export function parseInitialCluster(text: string): Result<InitialCluster> {
  const cluster = new Map<string, Endpoint[]>();
  const owners = new Map<string, string>();
  const entries = listItems(text);
  for (const entry of entries.length === 0 ? [text] : entries) {
    const equals = entry.indexOf('=');
    if (equals < 1) return failure(`${quote(entry)} is not an entry of the list; write each as NAME=http://HOST:PORT`);
    const name = entry.slice(0, equals);
    const url = parseEndpoint(entry.slice(equals + 1), 'advertise');
    if (!url.ok) return failure(`the entry of member ${quote(name)}: ${url.message}`);
    const shown = formatEndpoint(url.value);
    const owner = owners.get(shown);
    if (owner !== undefined) {
      return failure(`${shown} is in the list for ${quote(owner)} and again for ${quote(name)}; give each URL once`);
    }
    owners.set(shown, name);
    cluster.set(name, [...(cluster.get(name) ?? []), url.value]);
  }
  return success(cluster);
}

/**
 * Why the member that reads the list cannot found this cluster, if it cannot: its name must be in the list and its URLs there must
 * be its --initial-advertise-peer-urls, as etcd asks for when a cluster is formed. A sentence without the option's name.
 */
export function foundingConflictOf(cluster: InitialCluster, own: OwnMember): string | undefined {
  const listed = cluster.get(own.name);
  if (listed === undefined) {
    const names = [...cluster.keys()].map(quote).join(', ');
    return (
      `there is no entry for this member's name ${quote(own.name)}, only for ${names}; ` +
      `add it as NAME=URL or correct --name`
    );
  }
  const inList = canonical(listed);
  const advertised = canonical(own.peerUrls);
  if (inList === advertised) return undefined;
  return (
    `the URLs of this member ${quote(own.name)} are ${inList}, but --initial-advertise-peer-urls is ${advertised}; ` +
    `make the two the same`
  );
}

function canonical(urls: readonly Endpoint[]): string {
  return urls.map(formatEndpoint).sort().join(',');
}

/** The list in the form it is written in. */
export function formatInitialCluster(cluster: InitialCluster): string {
  return [...cluster].flatMap(([name, urls]) => urls.map((url) => `${name}=${formatEndpoint(url)}`)).join(',');
}
