import type { Command } from '../machine/command';
import type { CurrentState } from './currentState';
import type { Raft } from '../raft/raft';
import type { MemberSettings } from './settings';

/**
 * Tells the cluster this member's name, client URLs and version. Once in each run, whether or not they changed, as etcd does:
 * so a restart shows in X-Etcd-Index (spec v2-api section 5).
 */
export class Publisher {
  private proposed = false;
  private known = false;
  /** The state jumped while a publication was under way. */
  private jumped = false;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly settings: MemberSettings,
    private readonly raft: Raft,
    private readonly state: CurrentState,
    private readonly propose: (command: Command) => Promise<unknown>,
  ) {}

  /** Resolves when the cluster knows this member as it is configured now. */
  async published(): Promise<void> {
    if (!this.known) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  /** At start it is the first in the queue of proposals, so that no client's write of this run comes before it. */
  check(): void {
    if (this.proposed || this.known) return;
    this.proposed = true;
    const { name, clientURLs, version } = this.settings;
    const memberId = this.raft.id;
    const level = this.state.machine.knownLevel;
    this.propose({ type: 'publish', memberId, name, clientURLs, version, level }).then(
      () => {
        this.applied();
      },
      () => {
        this.proposed = false;
        if (this.jumped && this.isListed()) this.settled();
        this.jumped = false;
      },
    );
  }

  /** What was published is perhaps in the state that came in: it shows there, and would take an index if it were said again. */
  stateReplaced(): void {
    this.jumped = this.proposed;
  }

  /** A member that is not one yet (its addition is still on its way here) has no record yet, and has to say it again. */
  private applied(): void {
    this.proposed = false;
    if ((this.state.machine.cluster.find(this.raft.id)?.name ?? '') !== '') this.settled();
  }

  /** The state has this member as it is configured, and as its program is: the level of the one before may be another. */
  private isListed(): boolean {
    const { name, clientURLs, version } = this.settings;
    const { cluster, knownLevel } = this.state.machine;
    const record = cluster.find(this.raft.id);
    const isNamed = record?.name === name && record.clientURLs.join() === clientURLs.join();
    return isNamed && record.version === version && record.level === knownLevel;
  }

  private settled(): void {
    this.known = true;
    for (const waiter of this.waiters.splice(0)) waiter();
  }
}
