/** Arbitrary raft messages. */
import * as fc from 'fast-check';
import type { Entry, Message } from '../../../src/raft/types';

export const FROM = '3c828782a67e0043';
export const TO = 'b26f1b9a6c73543';

const number = fc.oneof(fc.nat(300), fc.maxSafeNat());
const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => value.toString(16));
const data = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const configuration = fc.record({
  voters: fc.array(id, { maxLength: 5 }),
  learners: fc.array(id, { maxLength: 3 }),
});

type Draft = { kind: 'noop' } | { kind: 'command'; data: Buffer } | ConfigurationDraft;
interface ConfigurationDraft {
  kind: 'configuration';
  configuration: { voters: string[]; learners: string[] };
  data: Buffer;
}

const draft: fc.Arbitrary<Draft> = fc.oneof(
  fc.record({ kind: fc.constant('noop' as const) }),
  fc.record({ kind: fc.constant('command' as const), data }),
  fc.record({ kind: fc.constant('configuration' as const), configuration, data }),
);

const envelope = { from: fc.constant(FROM), to: fc.constant(TO), term: number };
const context = number;

const appendRequest: fc.Arbitrary<Message> = fc
  .record({
    prevLogIndex: fc.nat(2 ** 40),
    prevLogTerm: number,
    term: number,
    commit: number,
    drafts: fc.array(fc.tuple(draft, number), { maxLength: 8 }),
  })
  .map(({ drafts, prevLogIndex, ...rest }) => {
    const entries = drafts.map(([entry, term], position): Entry => ({
      ...entry,
      term,
      index: prevLogIndex + position + 1,
    }));
    return { type: 'appendRequest', from: FROM, to: TO, prevLogIndex, entries, ...rest };
  });

export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  { weight: 4, arbitrary: appendRequest },
  fc.record({
    ...envelope,
    type: fc.constant('voteRequest' as const),
    pre: fc.boolean(),
    transfer: fc.boolean(),
    lastLogIndex: number,
    lastLogTerm: number,
  }),
  fc.record({ ...envelope, type: fc.constant('voteResponse' as const), pre: fc.boolean(), granted: fc.boolean() }),
  fc.record({
    ...envelope,
    type: fc.constant('appendResponse' as const),
    success: fc.boolean(),
    index: number,
    hintIndex: number,
    hintTerm: number,
  }),
  fc.record({ ...envelope, type: fc.constant('heartbeat' as const), commit: number, readRound: number }),
  fc.record({ ...envelope, type: fc.constant('heartbeatResponse' as const), readRound: number }),
  fc.record({ ...envelope, type: fc.constant('readIndexRequest' as const), context }),
  fc.record({ ...envelope, type: fc.constant('readIndexResponse' as const), context, index: number }),
  fc.record({ ...envelope, type: fc.constant('timeoutNow' as const) }),
  fc.record({ ...envelope, type: fc.constant('snapshotRequest' as const) }),
);
