import type { MemberInfo } from '../machine/cluster/members';
import type { MemberLogger } from './settings';

export interface PlainPeersParts {
  readonly id: string;
  readonly members: () => readonly Pick<MemberInfo, 'id' | 'peerURLs'>[];
  readonly logger: Pick<MemberLogger, 'warn'>;
}

/**
 * Says when another member is reached without TLS, while this one is reached with it: all that this one encrypts goes to the other in
 * plain text. It is so on the way from one to the other, member by member, and works; nobody would notice if it stayed so.
 */
export class PlainPeers {
  /** The plain URLs that were said, by the id of whose they are. */
  private said = new Map<string, string>();

  constructor(private readonly parts: PlainPeersParts) {}

  /** Cheap enough for every tick. Says a member once, and again when its URLs are others. */
  check(): void {
    const plain = this.plain();
    for (const [member, urls] of plain) {
      if (this.said.get(member) === urls) continue;
      this.parts.logger.warn(
        { member, urls },
        'a member is reached without TLS, and this one with it: all that is sent to it can be read on the way; give it https peer URLs, or remove it (docs/clustering.md)',
      );
    }
    this.said = plain;
  }

  private plain(): Map<string, string> {
    const members = this.parts.members();
    const own = members.find(({ id }) => id === this.parts.id);
    if (own?.peerURLs.every(isSecure) !== true) return new Map();
    return new Map(
      members
        .filter(({ peerURLs }) => !peerURLs.every(isSecure))
        .map(({ id, peerURLs }) => [id, peerURLs.filter((url) => !isSecure(url)).join(' ')]),
    );
  }
}

function isSecure(url: string): boolean {
  return /^https:/i.test(url);
}
