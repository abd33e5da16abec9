/** What is said to a running member by somebody who says it is a member, or a stranger: the member must outlive all of it. */
import { encodeChange } from '../../src/machine/cluster/clusterRows';
import type { Command } from '../../src/machine/command';
import { encodeBatch } from '../../src/machine/commandCodec';
import { requestBytes } from './requestBytes';
import { FrameType } from '../../src/peer/wire/frames';
import type { Configuration, Entry, LogStart, MemberId, Message, RaftStatus } from '../../src/raft/types';
import { MemberStore } from '../../src/storage/memberStore';
import { INDEX_MAX } from '../../src/raft/border';
import { set } from '../machine/keyspace/writer';
import { until } from '../peer/harness';
import { frameOf, messageFrame, speakAs, startMembers, type PeerMember } from './peerCluster';

const ABSURD = 2 ** 53 - 1;
const STRANGER = '5ca1ab1e';

/** The liar, as whom it speaks, and what it knows of its target. */
interface Scene {
  readonly from: MemberId;
  readonly to: MemberId;
  readonly raft: RaftStatus;
  readonly third: MemberId;
}

type Said = (scene: Scene) => Buffer;

const say =
  (make: (scene: Scene) => Partial<Message>): Said =>
  (scene) => {
    const { from, to, raft } = scene;
    return messageFrame({ from, to, term: raft.term, ...make(scene) } as Message);
  };
const forward = (...commands: readonly Command[]): Said => {
  return ({ from }) =>
    frameOf(
      FrameType.forward,
      requestBytes({ kind: 'commands', data: encodeBatch({ origin: from, run: 1, sequence: 1, commands }) }),
    );
};
const raw = (bytes: readonly number[]): Said => {
  return () => frameOf(FrameType.forward, Buffer.from(bytes));
};

const append = ({ raft }: Scene, rest: object): Partial<Message> => ({
  type: 'appendRequest',
  term: raft.term + 1,
  prevLogIndex: raft.lastIndex,
  prevLogTerm: raft.term,
  entries: [],
  commit: 0,
  ...rest,
});
const command = ({ raft }: Scene, rest: Partial<Entry> = {}): Entry =>
  ({ kind: 'command', index: raft.lastIndex + 1, term: raft.term, data: Buffer.alloc(40, 1), ...rest }) as Entry;
const configuration = (scene: Scene, next: Configuration, change: string): Entry =>
  command(scene, { kind: 'configuration', configuration: next, data: Buffer.from(change) });

/** What a member's id must not achieve, whether the target leads or follows. */
const FRAMES: Readonly<Record<string, Said>> = {
  'forward: three bytes of garbage': raw([1, 9, 9]),
  'forward: nothing': raw([]),
  'forward: a change that is half a record': raw([2, 0x7b]),
  'forward: a change that is null': raw([2, ...Buffer.from('null')]),
  'forward: a refusal that is null': raw([3, ...Buffer.from('null')]),
  'forward: a refusal of nothing': raw([3, ...Buffer.from('{}')]),
  'forward: a path above the root': forward(set('/..')),
  'forward: no path': forward(set('')),
  'forward: another clock': forward({ type: 'sync', nowMs: 2 ** 48 - 1, expireMax: 1000 }),
  'forward: a checkpoint': forward({ type: 'checkpoint', checkpoint: 77 }),
  'forward: a report of another member': ({ from, third }) =>
    forward({ type: 'report', memberId: third, checkpoint: 1, digest: 'x' })({ from } as Scene),
  'forward: the name of another member': ({ third }) =>
    frameOf(
      FrameType.forward,
      requestBytes({ kind: 'commands', data: encodeBatch({ origin: third, run: 1, sequence: 1, commands: [] }) }),
    ),
  'forward: a removal in the name of another member': ({ third }) => {
    const change = { type: 'removeMember', id: third } as const;
    return frameOf(
      FrameType.forward,
      Buffer.concat([Buffer.from([2]), encodeChange({ origin: third, run: 1, sequence: 1, change })]),
    );
  },
  'forward: a member whose URL is half a character': ({ from }) => {
    const change = {
      type: 'addMember',
      id: 'abc',
      peerURLs: ['http://0\ud800:1', 'http://evil:2380'],
      learner: true,
    } as const;
    return frameOf(
      FrameType.forward,
      Buffer.concat([Buffer.from([2]), encodeChange({ origin: from, run: 1, sequence: 1, change })]),
    );
  },
  'heartbeat of a term beyond all': say(() => ({ type: 'heartbeat', term: ABSURD, commit: 0, readRound: 0 })),
  'heartbeat of a term far ahead': say(() => ({ type: 'heartbeat', term: 2 ** 40, commit: 0, readRound: 0 })),
  'heartbeat of term 0, later than none': say(() => ({ type: 'heartbeat', term: 2 ** 25, commit: 0, readRound: 0 })),
  'heartbeat that commits what is not there': say(({ raft }) => ({
    ...{ type: 'heartbeat', term: raft.term + 1, commit: raft.lastIndex + 1000, readRound: 0 },
  })),
  'heartbeat with an absurd commit': say(() => ({ type: 'heartbeat', commit: ABSURD, readRound: 0 })),
  'append of a term beyond all': say((scene) => append(scene, { term: ABSURD })),
  'append whose indexes overflow': say((scene) => append(scene, { prevLogIndex: ABSURD - 1 })),
  'append with an absurd commit': say((scene) => append(scene, { commit: ABSURD })),
  'append after an entry of a later term': say((scene) => append(scene, { prevLogTerm: scene.raft.term + 9 })),
  'append that contradicts what is committed': say((scene) =>
    append(scene, { prevLogIndex: scene.raft.commit, prevLogTerm: 0 }),
  ),
  'append with an entry of a later term': say((scene) =>
    append(scene, { entries: [command(scene, { term: scene.raft.term + 9 })] }),
  ),
  'append with an entry of an earlier term': say((scene) => append(scene, { entries: [command(scene, { term: 0 })] })),
  'append in the middle of what is committed': say((scene) =>
    append(scene, {
      ...{ prevLogIndex: scene.raft.commit - 1, prevLogTerm: scene.raft.term },
      entries: [command(scene, { index: scene.raft.commit, term: scene.raft.term + 1 })],
    }),
  ),
  'append with an entry that is no batch': say((scene) =>
    append(scene, { entries: [command(scene, { data: Buffer.from([9, 9, 9]) })] }),
  ),
  'append with a configuration from nowhere': say((scene) =>
    append(scene, {
      entries: [
        configuration(
          scene,
          { voters: [STRANGER], learners: [] },
          `{"origin":"1","run":1,"sequence":1,"change":{"type":"promoteMember","id":"${STRANGER}"}}`,
        ),
      ],
    }),
  ),
  'append with a configuration without voters': say((scene) =>
    append(scene, { entries: [configuration(scene, { voters: [], learners: [] }, '{}')] }),
  ),
  'append with a configuration that says nothing': say((scene) =>
    append(scene, { entries: [configuration(scene, scene.raft.configuration, '{')] }),
  ),
  'acknowledgement of a term beyond all': say(() => ({
    ...{ type: 'appendResponse', term: ABSURD, success: true, index: 1, hintIndex: 0, hintTerm: 0 },
  })),
  'acknowledgement with an absurd index': say(() => ({
    ...{ type: 'appendResponse', success: true, index: ABSURD, hintIndex: 0, hintTerm: 0 },
  })),
  'refusal with an absurd hint': say(() => ({
    ...{ type: 'appendResponse', success: false, index: 1, hintIndex: ABSURD, hintTerm: 1 },
  })),
  'vote request of a term beyond all': say(() => ({
    ...{ type: 'voteRequest', term: ABSURD, pre: false, transfer: true, lastLogIndex: 1, lastLogTerm: 1 },
  })),
  'vote request with an absurd log': say(({ raft }) => ({
    ...{ type: 'voteRequest', term: raft.term + 1, pre: false, transfer: true },
    ...{ lastLogIndex: ABSURD, lastLogTerm: ABSURD },
  })),
  'vote of a term beyond all': say(() => ({ type: 'voteResponse', term: ABSURD, pre: false, granted: true })),
  'refused vote of a term far ahead': say(() => ({ type: 'voteResponse', term: 2 ** 40, pre: false, granted: false })),
  'answer to a heartbeat of a term beyond all': say(() => ({ type: 'heartbeatResponse', term: ABSURD, readRound: 1 })),
  'question for a read of a term beyond all': say(() => ({ type: 'readIndexRequest', term: ABSURD, context: 1 })),
  'answer to a read of a term beyond all': say(() => ({
    type: 'readIndexResponse',
    term: ABSURD,
    context: 1,
    index: 1,
  })),
  'call to an election of a term beyond all': say(() => ({ type: 'timeoutNow', term: ABSURD })),
  'announcement of a state of a term beyond all': say(() => ({ type: 'snapshotRequest', term: ABSURD })),
  'a message of an unknown kind': () => frameOf(FrameType.message, Buffer.from([99, 1])),
  'a message that is cut short': () => frameOf(FrameType.message, Buffer.from([3, 1])),
  'a frame of an unknown kind': () => frameOf(77, Buffer.from([1])),
};

/** What only a leader, or only a follower, has reason to refuse. */
const TO_LEADER: Readonly<Record<string, Said>> = {
  'heartbeat of its own term': say(() => ({ type: 'heartbeat', commit: 0, readRound: 0 })),
  'append of its own term': say((scene) => append(scene, { term: scene.raft.term })),
  'announcement of a state in its own term': say(() => ({ type: 'snapshotRequest' })),
  'acknowledgement beyond its log': say(({ raft }) => ({
    ...{ type: 'appendResponse', success: true, index: raft.lastIndex + 5000, hintIndex: 0, hintTerm: 0 },
  })),
};

let members: PeerMember[];
let written = 0;
beforeAll(async () => {
  members = await startMembers();
});
afterAll(async () => {
  await stopAll();
});

async function stopAll(): Promise<void> {
  await Promise.all(members.splice(0).map((each) => each.stop()));
}

function leader(): PeerMember | undefined {
  return members.find(({ member }) => member.status().raft.role === 'leader');
}

/** Serves: takes a write and shows it, on all members. */
async function checkWell(): Promise<void> {
  for (const { failures } of members) expect(failures).toEqual([]);
  const value = `v${++written}`;
  const path = '/still/here';
  const deadlineMs = Date.now() + 25_000;
  for (const { member } of members) {
    while (
      !(await member.propose(set(path, { value })).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (Date.now() > deadlineMs) throw new Error('no write for 25 s');
    }
  }
  await until(
    () =>
      members.every(({ member }) => {
        const result = member.get(path, { recursive: false, sorted: false });
        return result.ok && result.node.value === value;
      }),
    25_000,
  );
  for (const { member } of members) {
    expect(member.status().raft.term).toBeLessThan(10_000);
    expect(member.members()).toHaveLength(3);
    expect(member.status().raft.configuration.voters).toHaveLength(3);
  }
}

function sceneOf(target: PeerMember, from: MemberId): Scene {
  const third = members.find(({ id }) => id !== target.id && id !== from)?.id ?? '';
  return { from, to: target.id, third, raft: target.member.status().raft };
}

it.each(Object.entries(FRAMES))('%s', async (_, said) => {
  await until(() => leader() !== undefined, 60_000);
  const lead = leader()!;
  const follower = members.find((each) => each !== lead)!;
  for (const target of [lead, follower]) {
    const friend = members.find((each) => each !== target)!;
    for (const from of [friend.id, STRANGER]) {
      expect(await speakAs(from, target, [said(sceneOf(target, from))])).toBeDefined();
    }
  }
  await checkWell();
});

it.each(Object.entries(TO_LEADER))('%s, to a leader', async (_, said) => {
  // Who leads may change under load; who no longer leads has no reason to refuse.
  for (let attempt = 0; ; attempt++) {
    await until(() => leader() !== undefined, 60_000);
    const target = leader()!;
    const { id } = members.find((each) => each !== target)!;
    if ((await speakAs(id, target, [said(sceneOf(target, id))])) !== undefined) break;
    expect(attempt).toBeLessThan(3);
  }
  await checkWell();
});

it.each<[string, (start: LogStart) => LogStart]>([
  ['far beyond all that is written', (start) => ({ ...start, index: 2 ** 50 })],
  ['in a term that nobody was in', (start) => ({ ...start, index: start.index + 1000, term: start.term + 1 })],
  ['before the term of what is committed', (start) => ({ ...start, index: start.index + 1000, term: 0 })],
])('a state of the leader that begins %s', async (_, lie) => {
  await until(() => leader() !== undefined, 60_000);
  const lead = leader()!;
  const follower = members.find((each) => each !== lead)!;
  const { position, chunks, close } = await lead.member.snapshot({ quorum: true });
  await expect(lead.links.sendSnapshot(follower.id, lie(position), chunks)).rejects.toThrow(/a state/);
  await close();
  await checkWell();
});

it('one that claims to lead, and again and again that a member acknowledged what it never did, ends nobody', async () => {
  await until(() => leader() !== undefined, 60_000);
  const friend = members.find((each) => each !== leader())!;
  for (const target of members.filter((each) => each !== friend)) {
    const { id } = friend;
    const term = target.member.status().raft.term + 3;
    const beat = (commit: number): Buffer =>
      messageFrame({ type: 'heartbeat', from: id, to: target.id, term, commit, readRound: 0 });
    await speakAs(id, target, [beat(0), beat(INDEX_MAX)]);
    for (let time = 0; time < 3; time++) await speakAs(id, target, [beat(INDEX_MAX)]);
  }
  await checkWell();
});

it('a member says so in few lines, however often it happens', async () => {
  const target = members[0]!;
  const from = members[1]!.id;
  const before = target.log.texts('closed the connection').length;
  for (let time = 0; time < 50; time++) await speakAs(from, target, [raw([1, 9, 9])(sceneOf(target, from))]);
  expect(target.log.texts('closed the connection').length - before).toBeLessThanOrEqual(2);
  expect(target.log.lines.length).toBeLessThan(400);
  await checkWell();
});

it('nothing of it is on the disks: each member can be opened again', async () => {
  const stopped = [...members];
  await stopAll();
  for (const { disk, failures } of stopped) {
    expect(failures).toEqual([]);
    const { hardState, entries } = await (await MemberStore.open(disk.open())).load(() => undefined);
    expect(hardState.term).toBeLessThan(10_000);
    expect(entries.every(({ term }) => term < 10_000)).toBe(true);
    disk.crash();
  }
});
