import { canAllRead } from '../machine/batchRules';
import { settingsOf, type SettingsChange } from '../machine/cluster/clusterSettings';
import type { Command, SettingsCommand } from '../machine/command';
import type { Raft } from '../raft/raft';
import { ActiveSize } from './activeSize';
import { FirstSettings } from './firstSettings';
import type { PendingRequests } from './pendingRequests';
import type { CurrentState } from './currentState';
import type { Cancel, Clock } from '../platform/clock';
import { ExpiryClock } from './expiryClock';
import { ElectionKick } from './electionKick';
import { IntegrityCheck } from './integrityCheck';
import { MemberWarnings } from './memberWarnings';
import { PeerList, type PeerAddress } from './peerList';
import { plainPeers } from './plainPeers';
import { Promoter } from './promoter';
import { Publisher } from './publisher';
import { QuorumNote } from './quorumNote';
import type { Quota } from './quota';
import { QuotaNotice } from './quotaNotice';
import { Scrub } from './scrub';
import { sharedNames } from './sharedNames';
import { EXPIRY_INTERVAL_MS, SCRUB_INTERVAL_MS, type MemberLogger, type MemberSettings } from './settings';
import type { Transport } from './transport';
import type { PeerReport } from './types';

export interface ChoresParts {
  readonly settings: MemberSettings;
  readonly raft: Raft;
  readonly state: CurrentState;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: MemberLogger;
  readonly requests: PendingRequests;
  /** Whom to talk to until the state says who the members are. */
  readonly firstPeers: readonly PeerAddress[];
  readonly quota: Quota;
  readonly peerReport: () => PeerReport;
  /** See ActiveSizeParts; absent: nobody is one. */
  readonly isStandby?: ((peerURL: string) => Promise<boolean>) | undefined;
  /** Runs what may find out that the member must not go on. */
  readonly guarded: (run: () => void) => void;
}

/** What a member does by itself from time to time. */
export class Chores {
  readonly activeSize: ActiveSize;
  readonly electionKick: ElectionKick;
  readonly integrity: IntegrityCheck;
  readonly peers: PeerList;
  readonly promoter: Promoter;
  readonly publisher: Publisher;
  private readonly firstSettings: FirstSettings;
  private readonly expiry: ExpiryClock;
  private readonly quorumNote: QuorumNote;
  private readonly quotaNotice: QuotaNotice;
  private readonly scrub: Scrub;
  private readonly warnings: MemberWarnings;
  private timers: Cancel[] = [];

  constructor(private readonly parts: ChoresParts) {
    const { settings, raft, state, transport, clock, logger, requests } = parts;
    const propose = (command: Command): Promise<unknown> => requests.propose(command);
    const proposeAsLeader = (command: Command): Promise<unknown> => requests.proposeAsLeader(command);
    this.expiry = new ExpiryClock(raft, state, clock, proposeAsLeader);
    this.electionKick = new ElectionKick(raft, Math.floor(settings.electionTimeoutMs / settings.heartbeatIntervalMs));
    this.integrity = new IntegrityCheck(raft, state, clock, logger, (command) =>
      command.type === 'checkpoint' ? proposeAsLeader(command) : propose(command),
    );
    this.peers = new PeerList(raft.id, state, transport, parts.firstPeers);
    this.promoter = new Promoter(raft, state, (change) => requests.change(change));
    this.publisher = new Publisher(settings, raft, state, propose);
    this.quorumNote = new QuorumNote({
      ...{ raft, logger, electionTimeoutMs: settings.electionTimeoutMs },
      members: () => state.machine.cluster.members(),
      linked: () =>
        parts.peerReport().peers.flatMap(({ id, connected, accepted }) => (connected && accepted ? [id] : [])),
      sayingRemoved: () => parts.peerReport().peers.flatMap(({ id, saysRemoved }) => (saysRemoved ? [id] : [])),
    });
    this.quotaNotice = new QuotaNotice(raft, transport, parts.quota);
    this.scrub = new Scrub(state);
    this.warnings = new MemberWarnings({
      ...{ id: raft.id, rules: [sharedNames, plainPeers], logger },
      members: () => state.machine.cluster.members(),
    });
    this.activeSize = new ActiveSize({
      id: raft.id,
      leader: () => raft.leader,
      settings: () => settingsOf(state.machine.keySpace.tree),
      members: () => state.machine.cluster.members(),
      heard: () => new Set(raft.status().progress.flatMap(({ id, recentlyActive }) => (recentlyActive ? [id] : []))),
      change: (change) => requests.change(change),
      isStandby: (peerURL) => parts.isStandby?.(peerURL) ?? Promise.resolve(false),
      log: (fields, message) => {
        logger.warn(fields, message);
      },
    });
    this.firstSettings = new FirstSettings({
      wanted: settings.clusterSettings,
      isLeader: () => raft.leader === raft.id,
      isSet: () => settingsOf(state.machine.keySpace.tree).isSet,
      propose: (change: SettingsChange) => {
        const command: SettingsCommand = { type: 'settings', onlyIfUnset: true, change };
        return canAllRead(command, state.machine.cluster.level) ? propose(command) : Promise.resolve();
      },
    });
  }

  /** Begins with what is not done at each tick. */
  start(): void {
    const { clock, settings, guarded } = this.parts;
    this.timers = [
      clock.every(EXPIRY_INTERVAL_MS, () => {
        this.expiry.check();
      }),
      clock.every(SCRUB_INTERVAL_MS, () => {
        guarded(() => {
          this.scrub.step();
        });
      }),
      clock.every(settings.integrityIntervalMs, () => {
        this.integrity.propose();
      }),
    ];
    this.publisher.check();
  }

  /** A heartbeat interval has passed; to be called before raft hears of it. @param nowMs of a clock that only goes forward */
  tick(nowMs: number): void {
    this.publisher.check();
    this.quotaNotice.check(nowMs);
    this.quorumNote.check(nowMs);
    // New peer URLs come with a command, not with a configuration entry.
    this.peers.update();
    this.warnings.check();
    this.electionKick.tick();
    // Each tick, and before raft's: the quorum check, which forgets who was heard from, must not always come just before.
    this.promoter.check();
    this.activeSize.check(nowMs);
    this.firstSettings.check(nowMs);
  }

  stop(): void {
    for (const cancel of this.timers.splice(0)) cancel();
  }
}
