/** Bugs in what clients see, and in how members find each other. */
import type { AuthChange } from '../../src/machine/auth/change';
import { AuthRows } from '../../src/machine/auth/authRows';
import { Machine } from '../../src/machine/machine';
import type { Command } from '../../src/machine/command';
import { History } from '../../src/machine/keyspace/history';
import { KeySpace } from '../../src/machine/keyspace/keySpace';
import { WatchHub } from '../../src/machine/keyspace/watchHub';
import { askAny } from '../../src/discovery/runningCluster';
import type { StaticListOptions } from '../../src/discovery/staticList';
import { Changes } from '../../src/member/changes';
import type { CurrentState } from '../../src/member/currentState';
import type { Clock } from '../../src/platform/clock';
import { ExpiryClock } from '../../src/member/expiryClock';
import { ProposalAdmission } from '../../src/member/proposalAdmission';
import { LocalAuth } from '../../src/member/localAuth';
import { Proposals } from '../../src/member/proposals';
import { EXPIRE_MAX } from '../../src/member/settings';
import { RaftLog } from '../../src/raft/log';
import { Persistence } from '../../src/raft/persistence';
import type { AppendResponse } from '../../src/raft/types';
import { MemberStore } from '../../src/storage/memberStore';
import { LogScan, type LogFacts } from '../../src/storage/writeAheadLog';
import { FounderBeginnings } from './founders';
import { Incarnation } from './incarnation';
import { all, wrap, type Mutant, type Inner } from './planting';

interface ExpiryInside {
  readonly state: CurrentState;
  readonly clock: Clock;
  readonly propose: (command: Command) => Promise<unknown>;
}

export const MEMBER_MUTANTS: readonly Mutant[] = [
  {
    name: 'expiry by the own clock',
    plant: (clockOfActor) =>
      wrap(
        KeySpace.prototype,
        'expireOne',
        (original) =>
          function (this: KeySpace, nowMs: number) {
            return original.call(this, clockOfActor()?.now() ?? nowMs) as unknown;
          },
      ),
  },
  {
    name: 'users and roles are not stored',
    plant: () => wrap(AuthRows.prototype, 'take', () => () => undefined),
  },
  {
    name: 'a change of users is answered without being made',
    plant: () =>
      wrap(
        LocalAuth.prototype,
        'proposeAuth',
        (original) =>
          async function (this: LocalAuth, change: AuthChange) {
            const { user } = { user: undefined, ...change };
            const made = user === undefined ? undefined : this.auth().user(user);
            const isRepeated = change.type === 'createOrUpdateUser' && made !== undefined;
            if (isRepeated) return { ok: true, type: 'userUpdated', user: made, version: this.auth().version + 1 };
            return (await original.call(this, change)) as unknown;
          },
      ),
  },
  {
    name: 'watchers are told twice',
    plant: () =>
      wrap(
        WatchHub.prototype,
        'takeNotifications',
        (original) =>
          function (this: WatchHub) {
            const taken = original.call(this) as unknown[];
            return [...taken, ...taken];
          },
      ),
  },
  {
    name: 'a resumed watch misses its first event',
    plant: () =>
      wrap(
        History.prototype,
        'scan',
        (original) =>
          function (this: History, path: string, recursive: boolean, since: number, every: boolean) {
            return original.call(this, path, recursive, since + 1, every) as unknown;
          },
      ),
  },
  {
    name: 'a restarted member uses the numbers of its last run again',
    plant: () => wrap(MemberStore.prototype, 'nextRun', () => () => Promise.resolve(1)),
  },
  {
    name: 'a start replays the log around a hole',
    plant: () => withFacts((facts) => ({ ...facts, gap: undefined })),
  },
  {
    name: 'a start takes a log that lost its end for whole',
    plant: () => withFacts((facts) => ({ ...facts, end: Number.MAX_SAFE_INTEGER })),
  },
  {
    name: 'a start takes each torn end for damage',
    plant: () => withFacts((facts) => ({ ...facts, gap: facts.gap && { ...facts.gap, shape: 'broken' } })),
  },
  {
    name: 'a founder founds when nobody answers in a moment',
    plant: () =>
      wrap(
        FounderBeginnings.prototype,
        'begin',
        (original) =>
          async function (this: FounderBeginnings, options: StaticListOptions) {
            const { founders, name, token, unfinishedId, fetchMembers } = options;
            const others = founders.filter((founder) => founder.name !== name).flatMap(({ peerURLs }) => peerURLs);
            const isSilent = unfinishedId === undefined && (await askAny(others, fetchMembers)) === undefined;
            return isSilent ? { kind: 'found', founders, token } : ((await original.call(this, options)) as unknown);
          },
      ),
  },
  {
    name: 'a command is sent twice',
    plant: () => {
      const sent = new WeakMap<Proposals, unknown>();
      return wrap(
        Proposals.prototype,
        'next',
        (original) =>
          function (this: Proposals) {
            const again = sent.get(this);
            if (again !== undefined && sent.delete(this)) return again;
            const batch: unknown = original.call(this);
            if (batch !== undefined) sent.set(this, batch);
            return batch;
          },
      );
    },
  },
  {
    name: 'the commit index is not limited by the own log',
    plant: () =>
      wrap(
        RaftLog.prototype,
        'commitTo',
        () =>
          function (this: RaftLog, index: number) {
            const inner = this as unknown as Inner;
            inner.commitIndex = Math.max(inner.commitIndex, Math.min(this.lastIndex, index + 1));
          },
      ),
  },
  {
    name: 'members that are not known yet are turned away',
    plant: () => wrap(Incarnation.prototype, 'takesIn', () => () => false),
  },
  {
    name: 'a membership change sometimes takes no index',
    plant: () => {
      let turn = 0;
      return wrap(
        Machine.prototype,
        'applyConfiguration',
        (original) =>
          function (this: Machine, data: Uint8Array) {
            // Every third time somebody forgets to take the index that goes with it.
            const proposed: unknown = original.call(this, data);
            if (++turn % 3 === 0) this.keySpace.restoreIndex(this.keySpace.index - 1);
            return proposed;
          },
      );
    },
  },
  {
    name: 'any member’s clock lets keys expire, and the leader lets it',
    plant: () =>
      all(
        wrap(
          ExpiryClock.prototype,
          'check',
          () =>
            function (this: ExpiryClock) {
              const { state, clock, propose } = this as unknown as ExpiryInside;
              const nowMs = clock.now();
              if (!state.machine.keySpace.isDue(nowMs)) return;
              void propose({ type: 'sync', nowMs, expireMax: EXPIRE_MAX }).catch(() => undefined);
            },
        ),
        wrap(
          Proposals.prototype,
          'add',
          (original) =>
            function (this: Proposals, command: Command, deadlineMs: number) {
              return original.call(this, command, deadlineMs, false) as unknown;
            },
        ),
        wrap(ProposalAdmission.prototype, 'faultOfForwarded', () => () => undefined),
      ),
  },
  {
    name: 'a membership change is acknowledged when it leaves for the leader',
    plant: () =>
      wrap(
        Changes.prototype,
        'sent',
        (original) =>
          function (this: Changes, sequence: number, to: string) {
            original.call(this, sequence, to);
            const { inFlight } = this as unknown as {
              readonly inFlight: Map<number, { readonly resolve: () => void }>;
            };
            inFlight.get(sequence)?.resolve();
          },
      ),
  },
  {
    name: 'a follower acknowledges all that it has',
    plant: () =>
      wrap(
        Persistence.prototype,
        'sendAfterEntries',
        (original) =>
          function (
            this: Persistence,
            message: AppendResponse,
            vote: Parameters<Persistence['sendAfterEntries']>[1],
            log: RaftLog,
          ) {
            original.call(this, { ...message, index: log.lastIndex }, vote, log);
          },
      ),
  },
];

/** What a start makes of a log is changed. */
function withFacts(change: (facts: LogFacts) => LogFacts): () => void {
  return wrap(
    LogScan.prototype,
    'facts',
    (original) =>
      function (this: LogScan): LogFacts {
        return change(original.call(this) as LogFacts);
      },
  );
}
