/** Bugs in what members promise each other, and in what they store. */
import { ReadBarriers } from '../../src/member/readBarriers';
import { WriteCursor } from '../../src/raft/cursor';
import { RaftLog } from '../../src/raft/log';
import { Leadership } from '../../src/raft/leadership';
import { Persistence } from '../../src/raft/persistence';
import { Raft } from '../../src/raft/raft';
import { ForwardedReads, ReadRounds } from '../../src/raft/reads';
import { RaftState } from '../../src/raft/state';
import type { AppendResponse, Entry, LogStart } from '../../src/raft/types';
import type { Kv } from '../../src/storage/kv';
import { MemberStore, type StoreWrite } from '../../src/storage/memberStore';
import { stateOf } from './inside';
import { patch, wrap, all, type Mutant, type Method, type Inner } from './planting';

const everybody = { has: () => true, add: () => undefined };
let heldRows: StoreWrite['rows'] = [];

export const RAFT_MUTANTS: readonly Mutant[] = [
  {
    name: 'commit without a quorum',
    plant: () =>
      wrap(
        Raft.prototype,
        'persisted',
        (original) =>
          function (this: Raft) {
            original.call(this);
            const { log, role } = stateOf(this);
            if (role === 'leader') log.commitTo(log.persisted);
          },
      ),
  },
  {
    name: 'an entry of an old term is committed by counting',
    plant: () =>
      wrap(
        RaftLog.prototype,
        'matches',
        (original) =>
          function (this: RaftLog, index: number, term: number) {
            // Only the question of the leader names an index beyond the commit and its own, newer term.
            const known = this.termAt(index);
            return (
              original.call(this, index, term) ||
              (index > this.commit && known !== undefined && known < term && this.lastTerm === term)
            );
          },
      ),
  },
  {
    name: 'the vote is not stored',
    plant: () =>
      wrap(
        MemberStore.prototype,
        'write',
        (original) =>
          function (this: MemberStore, write: StoreWrite) {
            const { hardState } = write;
            return original.call(
              this,
              hardState === undefined ? write : { ...write, hardState: { ...hardState, votedFor: undefined } },
            );
          },
      ),
  },
  {
    name: 'two votes in one term',
    plant: () => patch(RaftState.prototype, 'votedFor', () => ({ get: () => undefined })),
  },
  {
    name: 'no sync',
    plant: () =>
      wrap(
        MemberStore.prototype,
        'write',
        (original) =>
          function (this: MemberStore, write: StoreWrite) {
            const holder = this as unknown as { kv: Kv };
            const real = holder.kv;
            holder.kv = Object.create(real, {
              batch: { value: (operations: Parameters<Kv['batch']>[0]) => real.batch(operations, { sync: false }) },
            }) as Kv;
            const done: unknown = original.call(this, write);
            holder.kv = real;
            return done;
          },
      ),
  },
  {
    name: 'acknowledged before it is durable',
    plant: () =>
      wrap(
        Persistence.prototype,
        'sendAfterEntries',
        () =>
          function (this: Persistence, message: Parameters<Persistence['send']>[0]) {
            this.send(message);
          },
      ),
  },
  {
    name: 'the leader counts what it has not stored',
    plant: () =>
      patch(RaftLog.prototype, 'persisted', () => ({
        get(this: RaftLog) {
          return this.lastIndex;
        },
      })),
  },
  {
    // The disk has entries with these indexes: only their terms show that they are others.
    name: 'entries are acknowledged while those that they replace are on the disk',
    plant: () => {
      const replaced = new WeakMap<WriteCursor, number>();
      return all(
        wrap(
          WriteCursor.prototype,
          'truncated',
          (original) =>
            function (this: WriteCursor, index: number) {
              replaced.set(this, Math.max(this.persisted, replaced.get(this) ?? 0));
              original.call(this, index);
            },
        ),
        wrap(
          WriteCursor.prototype,
          'taken',
          (original) =>
            function (this: WriteCursor, lastIndex: number) {
              replaced.delete(this);
              original.call(this, lastIndex);
            },
        ),
        wrap(
          Persistence.prototype,
          'sendAfterEntries',
          (original) =>
            function (this: Persistence, message: AppendResponse, vote: unknown, log: RaftLog) {
              const inner = log.cursor as unknown as { durable: number };
              const { durable } = inner;
              inner.durable = Math.max(durable, replaced.get(log.cursor) ?? 0);
              original.call(this, message, vote, log);
              inner.durable = durable;
            },
        ),
      );
    },
  },
  {
    name: 'reads are answered without a round',
    plant: () =>
      wrap(
        ReadRounds.prototype,
        'begin',
        (original) =>
          function (this: ReadRounds, index: number) {
            const round = original.call(this, index) as { confirmedBy: unknown };
            round.confirmedBy = everybody;
            return round;
          },
      ),
  },
  {
    name: 'a leader without a quorum stays and answers reads by its lease',
    plant: () =>
      all(
        wrap(
          Leadership.prototype,
          'addPeer',
          (original) =>
            function (this: Leadership, peer: object) {
              Object.defineProperty(peer, 'recentlyActive', { get: () => true, set: () => undefined });
              original.call(this, peer);
            },
        ),
        wrap(
          ReadRounds.prototype,
          'begin',
          (original) =>
            function (this: ReadRounds, index: number) {
              const round = original.call(this, index) as { confirmedBy: unknown };
              round.confirmedBy = everybody;
              return round;
            },
        ),
      ),
  },
  {
    name: 'a read does not wait until its index is applied',
    plant: () =>
      wrap(
        ReadBarriers.prototype,
        'release',
        (original) =>
          function (this: ReadBarriers) {
            original.call(this, Number.POSITIVE_INFINITY);
          },
      ),
  },
  {
    name: 'a read joins the question to the leader that is under way',
    plant: () =>
      wrap(
        ForwardedReads.prototype,
        'add',
        (original) =>
          function (this: ForwardedReads, context: number) {
            const { outstanding } = this as unknown as { outstanding?: { reads: number[] } };
            if (outstanding === undefined) original.call(this, context);
            else outstanding.reads.push(context);
          },
      ),
  },
  {
    name: 'the applied index is stored without its rows',
    plant: () =>
      wrap(
        MemberStore.prototype,
        'write',
        (original) =>
          function (this: MemberStore, write: StoreWrite) {
            // Each write carries the rows of the one before.
            const rows = heldRows ?? [];
            heldRows = write.rows ?? [];
            return original.call(this, { ...write, rows });
          },
      ),
  },
  {
    name: 'what follows an append is always cut off, committed or not',
    plant: () =>
      wrap(
        RaftLog.prototype,
        'accept',
        (original) =>
          function (this: RaftLog, entries: readonly Entry[]) {
            const first = entries[0];
            const inner = this as unknown as Inner;
            if (first !== undefined && first.index <= this.lastIndex && first.index > inner.start.index) {
              inner.held.length = first.index - inner.start.index - 1;
              inner.configurations.truncated(first.index);
              inner.cursor.truncated(first.index);
            }
            original.call(this, entries);
          },
      ),
  },
  {
    name: 'learners count for the majority',
    plant: () =>
      patch(RaftLog.prototype, 'configuration', (original) => ({
        get(this: RaftLog) {
          const { voters, learners } = (original.get as Method).call(this) as { voters: string[]; learners: string[] };
          return { voters: [...voters, ...learners], learners: [] };
        },
      })),
  },
  {
    name: 'no no-op at the start of a term',
    plant: () =>
      wrap(
        RaftLog.prototype,
        'append',
        (original) =>
          function (this: RaftLog, entry: Entry) {
            if (entry.kind !== 'noop') original.call(this, entry);
          },
      ),
  },
  {
    name: 'a received state does not replace the log',
    plant: () =>
      wrap(
        RaftLog.prototype,
        'jumpTo',
        (original) =>
          function (this: RaftLog, start: LogStart) {
            const inner = this as unknown as Inner;
            const kept = inner.held;
            original.call(this, start);
            inner.held = kept.filter(({ index }) => index > start.index);
            if (inner.held.length === 0) inner.held = kept.slice(-1);
          },
      ),
  },
];
