/** Through whom a newcomer asks for a change of the list of members. */
import type { ListedMember } from './beginning';

export interface MemberServer {
  /**
   * `peer`: where members know each other by the names in certificates, neither a client URL nor a user is needed.
   * `client`: as every client is.
   */
  readonly port: 'peer' | 'client';
  readonly url: string;
}

/** The peer port of this member does not serve such changes, or not for us: its client port may. */
export class NotServedError extends Error {
  override readonly name = 'NotServedError';
}

/** It serves such changes, and will not make this one. */
export class WillNotError extends Error {
  override readonly name = 'WillNotError';
}

/** It serves such changes and cannot make one now: its client port could not either. */
export class CannotNowError extends Error {
  override readonly name = 'CannotNowError';
}

/** Takes them in turn, the peer ports that speak TLS before the client ports. */
export class MemberServers {
  private readonly refused = new Set<string>();
  /** Peer ports that serve, and had only to say that it cannot be done now: while there are any, no client port is asked. */
  private readonly serving = new Set<string>();
  /** The place in the list of the one that is asked next. */
  private turn = 0;

  /** Whom to ask next; undefined: nobody has published a URL that might do. */
  next(members: readonly ListedMember[]): MemberServer | undefined {
    const peerUrls = members.flatMap(({ peerURLs }) => peerURLs).filter((url) => /^https:/i.test(url));
    const servers: readonly MemberServer[] = [
      ...peerUrls.filter((url) => !this.refused.has(url)).map((url) => ({ port: 'peer' as const, url })),
      ...(this.serving.size > 0 ? [] : members.flatMap(({ clientURLs }) => clientURLs)).map((url) => ({
        port: 'client' as const,
        url,
      })),
    ];
    const index = this.turn < servers.length ? this.turn : 0;
    this.turn = index + 1;
    return servers[index];
  }

  /** It answered the question, and not with a change. */
  answered(server: MemberServer | undefined): void {
    if (server?.port === 'peer') this.serving.add(server.url);
  }

  /** What is thrown by an attempt: true if that peer port is out and the next one had better be asked at once. */
  isRefusal(server: MemberServer | undefined, error: unknown): boolean {
    if (error instanceof CannotNowError) this.answered(server);
    else if (server !== undefined) this.serving.delete(server.url);
    if (server?.port !== 'peer' || !(error instanceof NotServedError)) return false;
    this.refused.add(server.url);
    // The list gets shorter by the one that was just asked: the one after it has its place now.
    this.turn -= 1;
    return true;
  }
}
