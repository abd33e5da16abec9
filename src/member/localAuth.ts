import type { AuthChange } from '../machine/auth/change';
import type { AuthResult } from '../machine/auth/result';
import type { AuthView } from '../machine/auth/view';
import type { AuthCommand } from '../machine/command';
import { canAllRead } from '../machine/batchRules';
import type { CurrentState } from './currentState';
import type { PendingRequests } from './pendingRequests';
import type { AuthSource, AuthWriter } from './types';
import type { UndecidedAuth } from './undecidedAuth';

/** The auth state as this member has applied it, who is told of its changes, and the way of changes into the log. */
export class LocalAuth implements AuthSource, AuthWriter {
  private readonly listeners = new Set<() => void>();
  /** What the listeners know. */
  private told: { readonly view: AuthView; readonly version: number };
  private upToDate = false;
  private stateIsThere = false;

  constructor(
    private readonly state: CurrentState,
    private readonly requests: Pick<PendingRequests, 'propose' | 'readBarrier'>,
    private readonly undecided: Pick<UndecidedAuth, 'isAny'>,
  ) {
    const view = this.auth();
    this.told = { view, version: view.version };
  }

  auth(): AuthView {
    return this.state.machine.auth;
  }

  isAuthUndecided(): boolean {
    return this.undecided.isAny;
  }

  /** Who founds or was sent the state knows the members; a joiner knows nobody before. */
  hasState(): boolean {
    this.stateIsThere ||= this.state.machine.cluster.members().length > 0;
    return this.stateIsThere;
  }

  isUpToDate(): boolean {
    return this.upToDate;
  }

  async whenUpToDate(): Promise<void> {
    if (this.upToDate) return;
    await this.requests.readBarrier();
    this.noteUpToDate();
  }

  /** An entry of this run is applied, and with it everything that was acknowledged before. */
  noteUpToDate(): void {
    this.upToDate = true;
  }

  onAuthChange(listener: () => void): () => void {
    // Of its own, so that the same function can be added twice.
    const entry = (): void => {
      listener();
    };
    this.listeners.add(entry);
    return () => this.listeners.delete(entry);
  }

  /** After something was applied, or a state was taken over. */
  check(): void {
    const view = this.auth();
    const { version } = view;
    if (view === this.told.view && version === this.told.version) return;
    this.told = { view, version };
    for (const listener of [...this.listeners]) listener();
  }

  proposeAuth(change: AuthChange): Promise<AuthResult> {
    const command: AuthCommand = { type: 'auth', change };
    if (!canAllRead(command, this.state.machine.cluster.level)) {
      return Promise.resolve({ ok: false, refusal: { type: 'olderMembers' } });
    }
    return this.requests.propose(command);
  }
}
