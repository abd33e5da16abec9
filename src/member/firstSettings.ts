import type { SettingsChange } from '../machine/cluster/clusterSettings';

const RETRY_INTERVAL_MS = 1000;

/** What it needs to know and may do. */
export interface FirstSettingsParts {
  /** Of the command line; undefined: it says nothing. */
  readonly wanted: SettingsChange | undefined;
  readonly isLeader: () => boolean;
  /** Somebody has set the settings of the cluster. */
  readonly isSet: () => boolean;
  readonly propose: (change: SettingsChange) => Promise<unknown>;
}

/** The leader gives a cluster that has no settings those of its command line, once all members can read them. */
export class FirstSettings {
  private nextMs = 0;

  constructor(private readonly parts: FirstSettingsParts) {}

  /** At each tick. @param nowMs of a clock that only goes forward */
  check(nowMs: number): void {
    const { wanted, isLeader, isSet, propose } = this.parts;
    if (wanted === undefined || nowMs < this.nextMs || !isLeader() || isSet()) return;
    this.nextMs = nowMs + RETRY_INTERVAL_MS;
    propose(wanted).catch(() => undefined);
  }
}
