import { encodeChange } from '../../src/machine/cluster/clusterRows';
import { encodeBatch } from '../../src/machine/commandCodec';
import type { Command } from '../../src/machine/command';
import { Machine } from '../../src/machine/machine';
import { Changes } from '../../src/member/changes';
import { decodeRequest, type RefusedRequest } from '../../src/member/forwardedRequest';
import { requestBytes } from './requestBytes';
import { ProposalAdmission } from '../../src/member/proposalAdmission';
import { Proposals } from '../../src/member/proposals';
import { Quota } from '../../src/member/quota';
import { ENTRY_COMMANDS_MAX, PROPOSALS_MAX } from '../../src/member/settings';
import { Forwarder } from '../../src/member/forwarder';
import type { Transport } from '../../src/member/transport';
import type { Raft } from '../../src/raft/raft';
import type { Refusal } from '../../src/raft/types';
import { set } from '../machine/keyspace/writer';

const RUN = 7;
const SELF = 'abc';
const OTHER = 'def';
const THIRD = '999';

/** A forwarder in a cluster of three, under a raft that takes what it is given. */
function makeForwarder(
  leader: string | undefined,
  quotaBytes = 0,
): {
  readonly forwarder: Forwarder;
  readonly proposals: Proposals;
  readonly changes: Changes;
  readonly forwarded: Uint8Array[];
  readonly proposed: Uint8Array[];
  readonly quota: Quota;
  readonly raft: { leader: string | undefined; refusal: Refusal | undefined; linkIsUp: boolean };
} {
  const proposals = new Proposals(SELF, RUN);
  const changes = new Changes(SELF, RUN);
  const forwarded: Uint8Array[] = [];
  const proposed: Uint8Array[] = [];
  const voters = [SELF, OTHER, THIRD];
  const raft = {
    ...{ leader, refusal: undefined as Refusal | undefined, linkIsUp: true },
    ...{ id: SELF, applied: 5, commit: 5, term: 1, configuration: { voters, learners: [] } },
    hearsQuorumOf: () => true,
    status: () => ({ configuration: { voters, learners: [] } }),
    propose(data: Uint8Array): unknown {
      if (this.leader !== SELF) return { ok: false, reason: 'notLeader' };
      if (this.refusal !== undefined) return { ok: false, reason: this.refusal };
      proposed.push(data);
      return { ok: true, index: 1, term: 1 };
    },
    proposeConfiguration(_next: unknown, data: Uint8Array): unknown {
      proposed.push(data);
      return { ok: true, index: 1, term: 1 };
    },
  };
  const transport: Partial<Transport> = {
    forward: (_to, request) => raft.linkIsUp && forwarded.push(Buffer.concat(request)) > 0,
  };
  const machine = new Machine(10);
  machine.bootstrap(voters.map((id) => ({ id, peerURLs: [`http://${id}:1`] })));
  const quota = new Quota({ machine }, quotaBytes, raft);
  const admission = new ProposalAdmission(raft as unknown as Raft, { machine }, true, quota);
  const forwarder = new Forwarder(raft as unknown as Raft, proposals, changes, admission, transport as Transport);
  return { forwarder, proposals, changes, forwarded, proposed, quota, raft };
}

const refusalOf = (run: number, sequence = 1, reason: RefusedRequest['reason'] = 'later'): Uint8Array =>
  requestBytes({ kind: 'refused', of: 'commands', run, sequence, reason });
const shortCommands = (count: number): readonly Command[] => Array<Command>(count).fill(set('/'));
const batchOf = (origin: string, ...commands: readonly Command[]): Buffer =>
  encodeBatch({ origin, run: 1, sequence: 1, commands });
const forwardOf = (data: Uint8Array): Uint8Array => requestBytes({ kind: 'commands', data });
const changeOf = (origin: string): Uint8Array =>
  requestBytes({
    kind: 'change',
    proposed: { origin, run: 1, sequence: 1, change: { type: 'removeMember', id: THIRD } },
  });

it('what the leader refused is sent again', () => {
  const { forwarder, proposals, forwarded } = makeForwarder(OTHER);
  void proposals.add(set('/a'), 100);
  forwarder.submitQueued();
  forwarder.received(OTHER, refusalOf(RUN));
  forwarder.submitQueued();
  expect(forwarded).toHaveLength(2);
});

it('a refusal that was meant for an earlier run does not make a write happen twice', () => {
  const { forwarder, proposals, forwarded } = makeForwarder(OTHER);
  void proposals.add(set('/a'), 100);
  forwarder.submitQueued();
  forwarder.received(OTHER, refusalOf(RUN - 1));
  forwarder.submitQueued();
  expect(forwarded).toHaveLength(1);
});

it.each([
  ['of a member that was not asked', THIRD],
  ['of a stranger', '666'],
])('a refusal %s does not make a write or a change happen twice', (_, liar) => {
  const { forwarder, proposals, changes, forwarded } = makeForwarder(OTHER);
  void proposals.add(set('/a'), 100);
  void changes.add({ type: 'removeMember', id: THIRD }, 100);
  forwarder.submitQueued();
  forwarder.received(liar, refusalOf(RUN));
  forwarder.received(liar, requestBytes({ kind: 'refused', of: 'change', run: RUN, sequence: 1, reason: 'later' }));
  forwarder.submitQueued();
  expect(forwarded).toHaveLength(2);
});

it.each([
  ['another member leads', { leader: THIRD }],
  ['the same one leads another term', { term: 2 }],
])('%s: what was on its way to the leader before holds up nothing', (_, change) => {
  const { forwarder, proposals, forwarded, raft } = makeForwarder(OTHER);
  void proposals.add(set('/long', { value: 'x'.repeat(5_000_000) }), 100);
  forwarder.submitQueued();
  void proposals.add(set('/another', { value: 'x'.repeat(70_000) }), 100);
  forwarder.submitQueued();
  expect(forwarded).toHaveLength(1);
  Object.assign(raft, change);
  forwarder.submitQueued();
  expect(forwarded).toHaveLength(2);
  // The count of what is under way is right when the first one is answered after all.
  for (const sequence of [1, 2]) proposals.settle({ origin: SELF, run: RUN, sequence, results: [] });
  void proposals.add(set('/long', { value: 'x'.repeat(5_000_000) }), 100);
  void proposals.add(set('/last', { value: 'x'.repeat(70_000) }), 100);
  forwarder.submitQueued();
  expect(forwarded).toHaveLength(3);
});

it('a new leader is offered everything, though the one before had no room and never answered', () => {
  const { forwarder, proposals, forwarded, raft } = makeForwarder(OTHER);
  for (const path of ['/1', '/2']) void proposals.add(set(path, { value: 'x' }), 100);
  forwarder.submitQueued();
  forwarder.received(OTHER, refusalOf(RUN, 1));
  for (let turn = 0; turn < 3; turn++) {
    void proposals.add(set('/3', { value: 'x' }), 100);
    forwarder.submitQueued();
  }
  expect(forwarded).toHaveLength(2);
  raft.leader = THIRD;
  forwarder.submitQueued();
  expect(forwarded.length).toBeGreaterThan(2);
  expect(proposals.hasQueued).toBe(false);
});

it('a leader without room is offered the oldest batch only, until that one is taken', () => {
  const { forwarder, proposals, forwarded } = makeForwarder(OTHER);
  const value = 'x'.repeat(700_000);
  for (const path of ['/1', '/2', '/3']) void proposals.add(set(path, { value }), 100);
  forwarder.submitQueued();
  expect(forwarded).toHaveLength(3);
  for (const sequence of [1, 2, 3]) forwarder.received(OTHER, refusalOf(RUN, sequence));
  for (let turn = 0; turn < 5; turn++) forwarder.submitQueued();
  expect(forwarded).toHaveLength(4);
  forwarder.received(OTHER, refusalOf(RUN, 1));
  forwarder.submitQueued();
  expect(forwarded).toHaveLength(5);
  proposals.settle({ origin: SELF, run: RUN, sequence: 1, results: [] });
  forwarder.submitQueued();
  expect(forwarded.slice(5).map((request) => decodeRequest(request)?.kind)).toEqual(['commands', 'commands']);
  // `toEqual` looks at one byte after the other, for seconds.
  expect(Buffer.compare(forwarded[5]!, forwarded[1]!)).toBe(0);
  expect(Buffer.compare(forwarded[6]!, forwarded[2]!)).toBe(0);
});

it('its own batches stay in order and are encoded once when raft has no room', () => {
  const { forwarder, proposals, proposed, raft } = makeForwarder(SELF);
  const encode = jest.spyOn(proposals as unknown as { encoded: () => unknown }, 'encoded');
  const value = 'x'.repeat(700_000);
  for (const path of ['/1', '/2', '/3']) void proposals.add(set(path, { value }), 100);
  raft.refusal = 'tooMuchUncommitted';
  for (let turn = 0; turn < 10; turn++) forwarder.submitQueued();
  expect(encode).toHaveBeenCalledTimes(1);
  raft.refusal = undefined;
  forwarder.submitQueued();
  expect(proposed).toHaveLength(3);
});

it('what only a leader may say is given up when leadership is lost before it is in the log', async () => {
  const { forwarder, proposals, forwarded, raft } = makeForwarder(SELF);
  const sync = proposals.add({ type: 'sync', nowMs: 5, expireMax: 1 }, 100, true);
  raft.leader = OTHER;
  forwarder.submitQueued();
  expect(forwarded).toEqual([]);
  await expect(sync).rejects.toMatchObject({ reason: 'leaderLost' });
});

describe('a request that no sound member sends is an offence, and nothing of it gets into the log', () => {
  const report: Command = { type: 'report', memberId: OTHER, checkpoint: 1, digest: 'd' };
  const cases: readonly (readonly [string, string, Uint8Array])[] = [
    ['nothing', OTHER, Buffer.alloc(0)],
    ['garbage for commands', OTHER, Buffer.from([1, 9, 9, 9])],
    ['garbage for a change', OTHER, Buffer.from([2, 0x7b])],
    ['null for a change', OTHER, Buffer.from('\x02null')],
    ['a change of nothing', OTHER, Buffer.from('\x02{"origin":"def","run":1,"sequence":1,"change":{}}')],
    [
      'a member whose URL is half a character',
      OTHER,
      Buffer.from(
        '\x02{"origin":"def","run":1,"sequence":1,"change":' +
          '{"type":"addMember","id":"abcd","peerURLs":["http://b:1","http://0\\ud800:1"],"learner":true}}',
      ),
    ],
    ['garbage for a refusal', OTHER, Buffer.from([3, 0x7b])],
    ['null for a refusal', OTHER, Buffer.from('\x03null')],
    ['a refusal for no reason', OTHER, Buffer.from('\x03{"of":"commands","run":7,"sequence":1,"reason":"x"}')],
    ['a path that is not clean', OTHER, forwardOf(batchOf(OTHER, set('/a//b')))],
    ['a path above the root', OTHER, forwardOf(batchOf(OTHER, set('/..')))],
    ['no path', OTHER, forwardOf(batchOf(OTHER, set('')))],
    ['the name of another member', OTHER, forwardOf(batchOf(THIRD, set('/a')))],
    ['another clock', OTHER, forwardOf(batchOf(OTHER, { type: 'sync', nowMs: 2 ** 47, expireMax: 1 }))],
    ['a checkpoint', OTHER, forwardOf(batchOf(OTHER, { type: 'checkpoint', checkpoint: 3 }))],
    ['a report of another', THIRD, forwardOf(batchOf(THIRD, report))],
    ['a crowd of commands', OTHER, forwardOf(batchOf(OTHER, ...shortCommands(ENTRY_COMMANDS_MAX + 1)))],
    ['commands of a stranger', '666', forwardOf(batchOf('666', set('/a')))],
    ['a change by a stranger', '666', changeOf('666')],
    ['a change in the name of another', OTHER, changeOf(THIRD)],
  ];
  it.each(cases)('%s', (_, from, request) => {
    const { forwarder, proposed, forwarded } = makeForwarder(SELF);
    expect(forwarder.received(from, request)).toEqual(expect.any(String));
    expect(proposed).toEqual([]);
    expect(forwarded).toEqual([]);
  });

  it('no bytes at all can throw', () => {
    const { forwarder, proposed } = makeForwarder(SELF);
    const good = [forwardOf(batchOf(OTHER, set('/a', { value: 'v' }))), changeOf(OTHER), refusalOf(RUN)];
    for (const bytes of good) {
      for (let at = 0; at < bytes.length; at++) {
        for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
          const damaged = Buffer.from(bytes);
          damaged[at] = byte;
          expect(() => forwarder.received(OTHER, damaged)).not.toThrow();
        }
        expect(() => forwarder.received(OTHER, bytes.subarray(0, at))).not.toThrow();
      }
    }
    // Whatever was taken, the state machine has an answer to.
    const machine = new Machine(10);
    for (const data of proposed) {
      if (data[0] === 0x7b) machine.applyConfiguration(data);
      else machine.apply(data);
    }
  });

  it('a kind that only later versions know is let pass', () => {
    expect(makeForwarder(SELF).forwarder.received(OTHER, Buffer.from([200, 1, 2]))).toBeUndefined();
  });
});

it('a sound request of a member is proposed as it is', () => {
  const { forwarder, proposed } = makeForwarder(SELF);
  const batch = batchOf(OTHER, set('/a'));
  expect(forwarder.received(OTHER, forwardOf(batch))).toBeUndefined();
  expect(forwarder.received(OTHER, changeOf(OTHER))).toBeUndefined();
  expect(proposed).toEqual([
    batch,
    encodeChange({ origin: OTHER, run: 1, sequence: 1, change: { type: 'removeMember', id: THIRD } }),
  ]);
});

it('no member cuts a batch that another would refuse for its length', () => {
  const { forwarder: leader, proposed } = makeForwarder(SELF);
  const proposals = new Proposals(OTHER, RUN);
  for (const command of shortCommands(PROPOSALS_MAX)) proposals.add(command, 1).catch(() => undefined);
  let batches = 0;
  for (let batch = proposals.next(); batch !== undefined; batch = proposals.next()) {
    expect(leader.received(OTHER, forwardOf(batch.data))).toBeUndefined();
    batches++;
  }
  expect(proposed).toHaveLength(batches);
  expect(batches).toBe(4);
});

describe('when the store has no room', () => {
  const QUOTA = 10_000;
  const large = set('/large', { value: 'x'.repeat(QUOTA) });

  it('the leader refuses what a follower hands it, and says which', () => {
    const { forwarder, forwarded, proposed } = makeForwarder(SELF, QUOTA);
    forwarder.received(OTHER, forwardOf(batchOf(OTHER, set('/a'), large)));
    expect(proposed).toEqual([]);
    expect(forwarded.map(decodeRequest)).toEqual([{ kind: 'noSpace', run: 1, sequence: 1, places: [1] }]);
    forwarder.received(OTHER, forwardOf(batchOf(OTHER, set('/a'))));
    expect(proposed).toHaveLength(1);
  });

  it('its own clients hear it, and the rest of their batch goes into the log', async () => {
    const { forwarder, proposals, proposed } = makeForwarder(SELF, QUOTA);
    const answers = [proposals.add(set('/a'), 100), proposals.add(large, 100), proposals.add(set('/b'), 100)];
    forwarder.submitQueued();
    await expect(answers[1]).rejects.toMatchObject({ reason: 'noSpace' });
    expect(proposed).toHaveLength(1);
    const done = { ok: false, code: 105, cause: '', etcdIndex: 0 } as const;
    proposals.settle({ origin: SELF, run: RUN, sequence: 1, results: [done, { ...done, cause: 'b' }] });
    expect(await answers[2]).toMatchObject({ cause: 'b' });
    expect(proposals).toMatchObject({ pending: 0, pendingBytes: 0 });
  });

  it('the clients of a follower hear it, and the rest is sent again', async () => {
    const { forwarder, proposals, forwarded } = makeForwarder(OTHER);
    const answers = [proposals.add(large, 100), proposals.add(set('/b'), 100)];
    forwarder.submitQueued();
    const refused = { kind: 'noSpace', run: RUN, sequence: 1, places: [0] } as const;
    forwarder.received(THIRD, requestBytes(refused));
    forwarder.received(OTHER, requestBytes({ ...refused, run: RUN - 1 }));
    forwarder.submitQueued();
    expect(forwarded).toHaveLength(1);
    forwarder.received(OTHER, requestBytes(refused));
    await expect(answers[0]).rejects.toMatchObject({ reason: 'noSpace' });
    forwarder.submitQueued();
    expect(forwarded).toHaveLength(2);
    expect(forwarded[1]?.length).toBeLessThan(QUOTA);
  });

  it('a follower that can hold less counts', () => {
    const { forwarder, forwarded, proposed } = makeForwarder(SELF, 10 * QUOTA);
    forwarder.received(THIRD, requestBytes({ kind: 'quota', bytes: QUOTA }));
    forwarder.received(OTHER, forwardOf(batchOf(OTHER, large)));
    expect(proposed).toEqual([]);
    expect(forwarded.map((bytes) => decodeRequest(bytes))).toEqual([
      { kind: 'quotaAlarm', isFull: false },
      expect.objectContaining({ kind: 'noSpace' }),
    ]);
    expect(forwarder.received('666', requestBytes({ kind: 'quota', bytes: 1 }))).toContain('no member');
  });

  it('only the leader has the alarm of a follower go on and off, and no other member loses its link for trying', () => {
    const { forwarder, quota } = makeForwarder(OTHER, QUOTA);
    const alarm = (isFull: boolean): Uint8Array => requestBytes({ kind: 'quotaAlarm', isFull });
    expect(forwarder.received(THIRD, alarm(true))).toBeUndefined();
    expect(quota.alarm).toBe(false);
    forwarder.received(OTHER, alarm(true));
    expect(quota.alarm).toBe(true);
    forwarder.received(THIRD, alarm(false));
    expect(quota.alarm).toBe(true);
    forwarder.received(OTHER, alarm(false));
    expect(quota.alarm).toBe(false);
    expect(forwarder.received(OTHER, Buffer.concat([Buffer.from([6]), Buffer.from('{"isFull":1}')]))).toContain(
      'alarm',
    );
  });

  it.each(['{}', '{"bytes":-1}', '{"bytes":"1"}', 'null', '['])('a quota of %s costs its sender the link', (text) => {
    const { forwarder } = makeForwarder(SELF);
    expect(forwarder.received(OTHER, Buffer.concat([Buffer.from([5]), Buffer.from(text)]))).toEqual(expect.any(String));
  });
});
