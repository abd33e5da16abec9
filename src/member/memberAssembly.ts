import { Chores } from './chores';
import { Compaction } from './compaction';
import { Forwarder } from './forwarder';
import { LeaderObserver } from './leaderObserver';
import { LocalAuth } from './localAuth';
import type { LocalMemberParts } from './localMemberParts';
import { LocalReads } from './localReads';
import { LogFeed } from './logFeed';
import { Loop } from './loop';
import type { LoopEvents } from './loopParts';
import { MemberCounters } from './memberCounters';
import { Membership } from './membership';
import { MessageBorder } from './messageBorder';
import { PeerSide } from './peerSide';
import { PendingRequests } from './pendingRequests';
import { ProposalAdmission } from './proposalAdmission';
import { Quota } from './quota';
import { requestTimeoutMs } from './settings';
import { Snapshots } from './snapshots';
import { StateSender } from './stateTransfer';
import { StatusReporter } from './statusReporter';
import { UndecidedAuth } from './undecidedAuth';
import { UnreadableEntries } from './unreadableEntries';

/** What the parts have to tell the member whose parts they are. */
export interface MemberEvents {
  /** The list of members changed, or was replaced. */
  readonly onMembersChanged: () => void;
  /** The cluster removed this member. May be called more than once. */
  readonly onRemoved: () => void;
  /** It must not go on. */
  readonly onFailure: (error: unknown) => void;
  readonly isStopping: () => boolean;
}

/** What a running member consists of. */
export interface MemberAssembly {
  readonly requests: PendingRequests;
  readonly membership: Membership;
  readonly reads: LocalReads;
  readonly auth: LocalAuth;
  readonly counters: MemberCounters;
  readonly chores: Chores;
  readonly loop: Loop;
  readonly reporter: StatusReporter;
  readonly snapshots: Snapshots;
  readonly logFeed: LogFeed;
  /** For the links to the other members. */
  readonly peerSide: PeerSide;
}

/** Makes the parts of a member and tells each whom it calls. Nothing runs yet. */
export function assembleMember(parts: LocalMemberParts, events: MemberEvents): MemberAssembly {
  const { settings, clusterId, raft, state, clock, logger, run } = parts;
  // The loop comes last, because it drives the others; those that wake it do so when it is there.
  const waking: { loop?: Loop } = {};
  const wake = (): void => {
    waking.loop?.wake();
  };
  const guarded = (what: () => void): void => {
    waking.loop?.guarded(what);
  };
  const level = (): number => state.machine.cluster.level;
  const requests = new PendingRequests(raft.id, run, clock, requestTimeoutMs(settings), wake, level);
  const leaderObserver = new LeaderObserver(raft, clock, logger);
  const reads = new LocalReads(clusterId, raft, state, clock, requests);
  const auth = new LocalAuth(state, requests, new UndecidedAuth(raft));
  const counters = new MemberCounters(raft, settings.heartbeatIntervalMs);
  const quota = new Quota(state, settings.quotaBytes ?? 0, raft);
  const chores = new Chores({ ...parts, requests, quota, guarded });
  const loop = makeLoop(parts, events, { requests, chores, auth, leaderObserver, quota, wake });
  waking.loop = loop;
  return {
    ...{ requests, reads, auth, counters, chores, loop },
    snapshots: new Snapshots({ ...parts, loop, requests }),
    logFeed: new LogFeed({ ...parts, loop, requests }),
    membership: new Membership(clusterId, requests, state, clock, logger),
    reporter: new StatusReporter({
      ...{ raft, state, requests, leaderObserver, quota, reads, counters },
      ...{ integrity: chores.integrity, promoter: chores.promoter },
      name: settings.name,
      startedAtMs: clock.now(),
      peerReport: parts.peerReport,
      isStopping: events.isStopping,
    }),
    peerSide: new PeerSide({
      ...parts,
      ...{ loop, electionKick: chores.electionKick, counters, onRemoved: events.onRemoved },
    }),
  };
}

/** What the loop calls, which is made before it. */
interface LoopCallees {
  readonly requests: PendingRequests;
  readonly chores: Chores;
  readonly auth: LocalAuth;
  readonly leaderObserver: LeaderObserver;
  readonly quota: Quota;
  readonly wake: () => void;
}

function makeLoop(parts: LocalMemberParts, events: MemberEvents, callees: LoopCallees): Loop {
  const { settings, raft, state, store, transport, clock, logger, observer } = parts;
  const { requests, quota, wake } = callees;
  const { firstIndex, lastIndex } = raft.status();
  const compaction = new Compaction(settings.snapshotCount, settings.logBytesMax);
  compaction.restart(firstIndex - 1, raft.entries(firstIndex, lastIndex));
  const sender = new StateSender(raft, store, transport, logger, wake);
  const admission = new ProposalAdmission(raft, state, settings.strictReconfigCheck, quota);
  return new Loop({
    replica: { raft, state, store },
    peers: {
      transport,
      border: new MessageBorder(raft),
      forwarder: new Forwarder(raft, requests.proposals, requests.changes, admission, transport),
    },
    waiting: requests,
    retention: { compaction, compactionLimit: () => sender.compactionLimit },
    ...{ clock, observer },
    events: loopEvents(events, callees, sender, new UnreadableEntries(clock, logger)),
  });
}

function loopEvents(
  { onMembersChanged, onFailure }: MemberEvents,
  { requests, chores, auth, leaderObserver }: LoopCallees,
  sender: StateSender,
  unreadable: UnreadableEntries,
): LoopEvents {
  return {
    onStateWanted: (to) => {
      sender.send(to);
    },
    onStateReplaced: () => {
      chores.publisher.stateReplaced();
      requests.stateReplaced();
      auth.check();
    },
    onMembersChanged,
    onTurn: () => {
      leaderObserver.check();
    },
    onApplied: () => {
      auth.check();
      chores.integrity.check();
    },
    onUnreadable: (index, fault) => {
      unreadable.note(index, fault);
    },
    onFailure,
  };
}
