import type { Command } from '../machine/command';
import type { Machine } from '../machine/machine';
import type { Raft } from '../raft/raft';
import type { MemberSettings } from './settings';

/** Tells the cluster this member's name, client URLs and version, until the cluster knows them. */
export class Publisher {
  private proposed = false;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly settings: MemberSettings,
    private readonly raft: Raft,
    private readonly machine: Machine,
    private readonly propose: (command: Command) => Promise<unknown>,
  ) {}

  /** Resolves when the cluster knows this member as it is configured now. */
  async published(): Promise<void> {
    if (this.isKnown()) return;
    await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  /** At start it is the first in the queue of proposals, so that no client's write of this run comes before it. */
  check(): void {
    if (this.isKnown()) {
      for (const waiter of this.waiters.splice(0)) waiter();
      return;
    }
    if (this.proposed) return;
    this.proposed = true;
    const again = (): void => {
      this.proposed = false;
    };
    const { name, clientURLs, version } = this.settings;
    const memberId = this.raft.id;
    this.propose({ type: 'publish', memberId, name, clientURLs, version }).then(again, again);
  }

  private isKnown(): boolean {
    const record = this.machine.cluster.find(this.raft.id);
    if (record === undefined) return false;
    const { name, clientURLs, version } = this.settings;
    return record.name === name && record.version === version && sameList(record.clientURLs, clientURLs);
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, position) => item === b[position]);
}
