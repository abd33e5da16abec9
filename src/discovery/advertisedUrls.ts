/** A member that is started with other peer URLs than the last time tells the cluster. */
import type { ListedMember } from './beginning';
import type { Environment } from './environment';
import { reasonOf } from '../platform/networkError';
import { MemberServers, type MemberServer } from './memberServers';
import { Retry } from './retry';

/** What the last start of this data directory advertised. */
export interface AdvertisedNotes {
  read(): Promise<readonly string[] | undefined>;
  /** Durable when it resolves. */
  write(peerURLs: readonly string[]): Promise<void>;
}

export interface AdvertisedOptions {
  readonly memberId: string;
  /** --initial-advertise-peer-urls. */
  readonly peerURLs: readonly string[];
  readonly notes: AdvertisedNotes;
  /** As this member knows them. */
  readonly members: () => readonly ListedMember[];
  /** Through another member; through this one itself where there is no other. */
  readonly update: (server: MemberServer | undefined) => Promise<void>;
  readonly environment: Environment;
}

const LONGEST_WAIT_MS = 5000;

/**
 * Only a change since the last start is told: what the cluster lists otherwise is what an operator has set (`member update`). The
 * others do not listen to a member at an address they do not know, so one of them is asked through its client port, or its peer port, where certificates
 * are shown. Tries until it succeeds; ends quietly when the process is asked to stop.
 */
export async function tellAdvertisedUrls(options: AdvertisedOptions): Promise<void> {
  const { notes, memberId, environment } = options;
  const peerURLs = [...options.peerURLs].sort();
  const before = await notes.read();
  if (before?.join(',') === peerURLs.join(',')) return;
  if (before !== undefined) {
    environment.log.info(
      { member: memberId, before, peerURLs },
      'this member has other peer URLs than at its last start: telling the cluster',
    );
    if (!(await update(options))) return;
    environment.log.info({ member: memberId, peerURLs }, 'the cluster knows the new peer URLs of this member');
  }
  await notes.write(peerURLs);
}

/** False if the process was asked to stop before it succeeded. */
async function update({ members, memberId, update: send, environment }: AdvertisedOptions): Promise<boolean> {
  const retry = new Retry(environment, LONGEST_WAIT_MS);
  const servers = new MemberServers();
  while (!environment.signal.aborted) {
    const others = members().filter(({ id }) => id !== memberId);
    const server = servers.next(others);
    try {
      if (server === undefined && others.length > 0) throw new Error('no other member has published a client URL');
      await send(server);
      return true;
    } catch (error) {
      if (servers.isRefusal(server, error)) continue;
      const reason = reasonOf(error);
      retry.warn(
        { server: server?.url, reason },
        `the new peer URLs could not be told to the cluster (${reason}); trying again`,
      );
      await retry.wait().catch(() => undefined);
    }
  }
  return false;
}
