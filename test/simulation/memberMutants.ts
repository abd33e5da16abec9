/** Bugs in what clients see, and in how members find each other. */
import { Machine } from '../../src/machine/machine';
import { History } from '../../src/machine/keyspace/history';
import { KeySpace } from '../../src/machine/keyspace/keySpace';
import { WatchHub } from '../../src/machine/keyspace/watchHub';
import { askAny } from '../../src/discovery/runningCluster';
import type { StaticListOptions } from '../../src/discovery/staticList';
import { Proposals } from '../../src/member/proposals';
import { RaftLog } from '../../src/raft/log';
import { MemberStore } from '../../src/storage/memberStore';
import { FounderBeginnings } from './founders';
import { Incarnation } from './incarnation';
import { wrap, type Mutant, type Inner } from './planting';

export const MEMBER_MUTANTS: readonly Mutant[] = [
  {
    name: 'expiry by the own clock',
    plant: (clockOfActor) =>
      wrap(
        KeySpace.prototype,
        'sync',
        (original) =>
          function (this: KeySpace, command: { nowMs: number }) {
            return original.call(this, { ...command, nowMs: clockOfActor()?.now() ?? command.nowMs }) as unknown;
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
];
