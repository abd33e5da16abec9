/** What the members of a cluster to be have written below a token of the 2.3 protocol. */
import { memberIdOf } from '../member/identity';
import { MEMBER_URL_BYTES_MAX, MEMBER_URLS_MAX } from '../platform/sizes';
import { JoinError, type Founder } from './beginning';
import type { Registry, RegistryNode } from './registry';

export interface Registration extends Founder {
  /** The id the member will have, from its peer URLs and the token. */
  readonly id: string;
}

/** `name=url,name=url` with the URLs in order, as etcd writes it. */
export function registrationValue({ name, peerURLs }: Founder): string {
  return [...peerURLs]
    .sort()
    .map((url) => `${name}=${url}`)
    .join(',');
}

/** 64 bits, as every member writes them. */
const ID = /^[0-9a-f]{1,16}$/;

const PEER_URL = /^https?:\/\/[!-~]+$/i;

/** Throws JoinError if a registration is none: whoever knows the token can write anything below it. */
export function parseRegistration({ name: id, value }: RegistryNode): Registration {
  const entries = value.split(',').map((entry) => /^([^=]+)=(\S+)$/.exec(entry));
  const names = new Set(entries.map((entry) => entry?.[1]));
  const [name] = names;
  const peerURLs = entries.flatMap((entry) => entry?.[2] ?? []);
  const areUrls = peerURLs.length <= MEMBER_URLS_MAX && peerURLs.every(isPeerUrl);
  if (name === undefined || names.size !== 1 || !areUrls || !ID.test(id)) {
    throw new JoinError(
      `discovery: the registration ${id.slice(0, 80)} is ${JSON.stringify(value.slice(0, 200))}, not NAME=URL,NAME=URL below the id ` +
        `of a member (up to 16 hexadecimal digits), with at most ${MEMBER_URLS_MAX} URLs of http or https; delete it, or use a new token`,
    );
  }
  return { id, name, peerURLs };
}

/**
 * The first `size` to be created, as far as they are there: those that found the cluster.
 *
 * @param nodes in the order of their creation
 * @throws JoinError if one of them is no registration
 */
export function foundersOf(nodes: readonly RegistryNode[], size: number): readonly Registration[] {
  return nodes.slice(0, size).map(parseRegistration);
}

function isPeerUrl(url: string): boolean {
  return url.length <= MEMBER_URL_BYTES_MAX && PEER_URL.test(url) && URL.canParse(url);
}

/**
 * Throws JoinError if one was not made for this spelling of the discovery URL, which ids are made from, as in etcd: its member would found
 * another cluster than the one that the rest wait for.
 */
export function refuseOtherSpellings(
  all: readonly Registration[],
  { url, shown }: Pick<Registry, 'url' | 'shown'>,
): void {
  const other = all.find(({ id, peerURLs }) => id !== memberIdOf(peerURLs, url));
  if (other === undefined) return;
  throw new JoinError(
    `discovery: the registration ${other.id} (${other.name}, ${other.peerURLs.join(',')}) was made with another spelling of the discovery URL ` +
      `than ${shown}, or was changed: with this one its id is ${memberIdOf(other.peerURLs, url)}. Give every member the same --discovery, ` +
      'to the letter and without a slash at its end, and delete the registration that has another one, or use a new token',
  );
}

/** Throws JoinError, in etcd's words, if another registration has the name or a URL of `own`. */
export function refuseDuplicates(own: Registration, all: readonly Registration[]): void {
  for (const other of all.filter(({ id }) => id !== own.id)) {
    if (other.name === own.name) {
      throw new JoinError(
        `discovery: found duplicate name: ${own.name} is registered for ${other.peerURLs.join(',')}; give this member ` +
          'another --name, or use a new token if it is the same one with other URLs',
      );
    }
    const shared = other.peerURLs.find((url) => own.peerURLs.includes(url));
    if (shared !== undefined) {
      throw new JoinError(
        `discovery: found duplicate URL: ${shared} is registered for the member ${other.name}; correct ` +
          '--initial-advertise-peer-urls, or use a new token',
      );
    }
  }
}
