import type { MemberInfo } from '../machine/cluster/members';
import { StorageError } from '../storage/errors';

/** As whom a member is started. */
export interface StartedAs {
  /** --name. */
  readonly name: string;
  /** --initial-advertise-peer-urls; empty if they are not known. */
  readonly peerURLs: readonly string[];
}

/**
 * Whether the directory is that of another member than the one it is started as, such as after two were swapped. A member that is
 * given a name that nobody has is only renamed. One that has its own name, or never published any, is itself whatever its URLs are.
 *
 * @param members as the directory lists them
 * @param ownId whose directory it is
 * @returns what to tell the operator; undefined: it is the right one
 */
export function whySwapped(members: readonly MemberInfo[], ownId: string, started: StartedAs): string | undefined {
  const own = members.find(({ id }) => id === ownId);
  if (own === undefined || own.name === '' || own.name === started.name) return undefined;
  const others = members.filter(({ id }) => id !== ownId);
  const namesake = others.find(({ name }) => name === started.name);
  const isOwnUrl = started.peerURLs.some((url) => own.peerURLs.includes(url));
  const neighbour = others.find(({ peerURLs }) => !isOwnUrl && peerURLs.some((url) => started.peerURLs.includes(url)));
  const other = namesake ?? neighbour;
  if (other === undefined) return undefined;
  const taken = [
    ...(namesake === undefined ? [] : [`--name ${started.name}`]),
    ...(neighbour === undefined || neighbour !== other
      ? []
      : [`--initial-advertise-peer-urls ${started.peerURLs.join(',')}`]),
  ];
  return (
    `this directory holds the data of member ${named(own)}, but ${taken.join(' and ')} ${taken.length > 1 ? 'are those' : 'is that'} of ` +
    `member ${named(other)}; start it with the directory of ${other.name === '' ? other.id : other.name}, or with --name ${own.name} ` +
    `and the peer URLs ${own.peerURLs.join(',')}. Nothing was changed`
  );
}

/** @throws StorageError of kind format for the directory of another member */
export function refuseSwapped(members: readonly MemberInfo[], ownId: string, started: StartedAs): void {
  const why = whySwapped(members, ownId, started);
  if (why !== undefined) throw new StorageError('format', why);
}

function named({ id, name }: MemberInfo): string {
  return name === '' ? id : `${name} (${id})`;
}
