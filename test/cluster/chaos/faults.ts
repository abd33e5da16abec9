/** The ways in which a cluster is mistreated. Each leaves healing to the caller and takes a bounded time. */
import type { Cluster } from '../cluster';
import type { ClusterMember } from '../clusterMember';
import { sleep, until } from '../waiting';
import type { Dice } from './dice';
import type { Links } from './links';

export interface Scene {
  readonly cluster: Cluster;
  readonly links: Links;
  readonly dice: Dice;
  /** The ids have changed: links have to be told apart anew. */
  readonly learnIds: () => Promise<void>;
}

export interface Fault {
  readonly name: string;
  readonly weight: number;
  readonly run: (scene: Scene) => Promise<void>;
}

const CHANGE_WITHIN_MS = 15_000;

export const FAULTS: readonly Fault[] = [
  { name: 'kill -9 of a member', weight: 3, run: (scene) => killSome(scene, [anyMember(scene)]) },
  { name: 'kill -9 of the leader', weight: 4, run: async (scene) => killSome(scene, [await leaderOrAny(scene)]) },
  { name: 'kill -9 of a majority', weight: 2, run: (scene) => killSome(scene, majority(scene)) },
  { name: 'kill -9 of all at once', weight: 2, run: (scene) => killSome(scene, scene.cluster.members) },
  { name: 'kill -9 again and again', weight: 1, run: killOften },
  { name: 'orderly restart of the leader', weight: 2, run: stopLeader },
  { name: 'stop and continue a member', weight: 2, run: (scene) => pause(scene, [anyMember(scene)]) },
  { name: 'stop and continue the leader', weight: 3, run: async (scene) => pause(scene, [await leaderOrAny(scene)]) },
  { name: 'stop and continue a majority', weight: 1, run: (scene) => pause(scene, majority(scene)) },
  { name: 'cut off a member', weight: 2, run: async (scene) => cutOff(scene, anyMember(scene), true, true) },
  { name: 'cut off the leader', weight: 3, run: async (scene) => cutOff(scene, await leaderOrAny(scene), true, true) },
  { name: 'leader not heard', weight: 2, run: async (scene) => cutOff(scene, await leaderOrAny(scene), true, false) },
  {
    name: 'leader hears nothing',
    weight: 2,
    run: async (scene) => cutOff(scene, await leaderOrAny(scene), false, true),
  },
  { name: 'cut between two members', weight: 2, run: cutPair },
  { name: 'cut between all', weight: 1, run: cutAll },
  { name: 'slow links', weight: 2, run: slowLinks },
  { name: 'cut off the leader, kill another', weight: 1, run: cutLeaderAndKill },
  { name: 'kill one that is far behind as it catches up', weight: 2, run: killWhileCatchingUp },
  { name: 'remove and add a member', weight: 2, run: removeAndAdd },
  { name: 'wipe the data of a member', weight: 2, run: wipe },
  { name: 'wipe the data of a member, kill it as it joins', weight: 2, run: wipeAndKill },
];

/** One of those whose name has `only` in it, by weight. */
export function pickFault(dice: Dice, only: string): Fault {
  const eligible = FAULTS.filter(({ name }) => name.includes(only));
  return dice.pick(eligible.flatMap((fault) => Array.from({ length: fault.weight }, () => fault)));
}

function anyMember({ cluster, dice }: Scene): ClusterMember {
  return dice.pick(cluster.members);
}

function majority({ cluster, dice }: Scene): readonly ClusterMember[] {
  const spared = dice.pick(cluster.members);
  return cluster.members.filter((member) => member !== spared).slice(0, Math.floor(cluster.members.length / 2) + 1);
}

async function leaderOrAny(scene: Scene): Promise<ClusterMember> {
  return scene.cluster.leader(1000).catch(() => anyMember(scene));
}

async function killSome({ dice }: Scene, members: readonly ClusterMember[]): Promise<void> {
  for (const member of members) member.signal('SIGKILL');
  await Promise.all(members.map((member) => member.kill()));
  await sleep(dice.chance(0.5) ? 0 : dice.between(100, 1500));
}

async function killOften(scene: Scene): Promise<void> {
  const victim = anyMember(scene);
  for (let round = 0; round < 4; round++) {
    await victim.kill();
    victim.start();
    await sleep(scene.dice.between(50, 700));
  }
}

async function stopLeader(scene: Scene): Promise<void> {
  const leader = await leaderOrAny(scene);
  const status = await leader.stop();
  if (status?.code !== 0) throw new Error(`${leader.name} ended with ${JSON.stringify(status)} after SIGTERM`);
}

async function pause({ dice }: Scene, members: readonly ClusterMember[]): Promise<void> {
  for (const member of members) member.signal('SIGSTOP');
  await sleep(dice.between(100, 2500));
  for (const member of members) member.signal('SIGCONT');
}

async function cutOff(scene: Scene, victim: ClusterMember, out: boolean, back: boolean): Promise<void> {
  const others = scene.cluster.members.filter((member) => member !== victim);
  await cut(scene, 3000, [
    ...(out ? others.map((other) => [victim, other] as const) : []),
    ...(back ? others.map((other) => [other, victim] as const) : []),
  ]);
}

async function cutPair(scene: Scene): Promise<void> {
  const { cluster, dice } = scene;
  const one = dice.pick(cluster.members);
  const other = dice.pick(cluster.members.filter((member) => member !== one));
  await cut(scene, 3000, [
    [one, other],
    [other, one],
  ]);
}

async function cutAll(scene: Scene): Promise<void> {
  const { members } = scene.cluster;
  const pairs = members.flatMap((one) =>
    members.filter((other) => other !== one).map((other) => [one, other] as const),
  );
  await cut(scene, 2500, pairs);
}

/** Bytes from the one of a pair to the other wait for 0.2 s to `mostMs`. */
async function cut(
  { links, dice }: Scene,
  mostMs: number,
  pairs: readonly (readonly [from: ClusterMember, to: ClusterMember])[],
): Promise<void> {
  for (const [from, to] of pairs) links.set(from.name, to.name, { kind: 'held' });
  await sleep(dice.between(200, mostMs));
  const missed = pairs.filter(([from, to]) => !links.hasHeld(from.name, to.name));
  if (missed.length === 0) return;
  throw new Error(`there was no link to cut: ${missed.map(([from, to]) => `${from.name} to ${to.name}`).join(', ')}`);
}

async function slowLinks({ cluster, links, dice }: Scene): Promise<void> {
  for (const one of cluster.members) {
    for (const other of cluster.members) {
      links.set(one.name, other.name, { kind: 'slow', delayMs: dice.between(0, 120) });
    }
  }
  await sleep(dice.between(1000, 3000));
}

async function cutLeaderAndKill(scene: Scene): Promise<void> {
  const leader = await leaderOrAny(scene);
  const other = scene.dice.pick(scene.cluster.members.filter((member) => member !== leader));
  await Promise.all([cutOff(scene, leader, true, true), sleep(scene.dice.between(0, 300)).then(() => other.kill())]);
}

/** Dead until its log is cut behind its back, so that the state is streamed; killed in the middle of that. */
async function killWhileCatchingUp({ cluster, dice }: Scene): Promise<void> {
  const victim = dice.pick(cluster.members);
  await victim.kill();
  await sleep(2000);
  victim.start();
  await sleep(dice.between(150, 900));
  await victim.kill();
}

/** Someone who is up and is not `victim`, once it has heard of a leader. */
function helper({ cluster }: Scene, victim: ClusterMember): Promise<ClusterMember> {
  return until('somebody takes changes of the members', CHANGE_WITHIN_MS, async () => {
    for (const member of cluster.members) {
      if (member !== victim && (await member.get('/health', 1000)).status === 200) return member;
    }
    return undefined;
  });
}

async function removeAndAdd(scene: Scene): Promise<void> {
  const { cluster, dice } = scene;
  const victim = dice.pick(cluster.members);
  const through = await helper(scene, victim);
  const id = await idOf(through, victim);
  await until('the member is removed', CHANGE_WITHIN_MS, async () => {
    const status = await cluster.remove(await helper(scene, victim), id);
    return status === 204 || status === 410 || undefined;
  });
  await until('the removed member ends', CHANGE_WITHIN_MS, () => !victim.isRunning || undefined);
  const { code } = await victim.exited;
  if (code !== 6) throw new Error(`${victim.name} ended with ${code ?? 'a signal'} when it was removed`);
  victim.deleteData();
  await sleep(dice.between(0, 500));
  await until('the member is added', CHANGE_WITHIN_MS, async () => {
    const asked = await helper(scene, victim);
    const isListed = (await asked.members()).some(({ peerURLs }) => peerURLs.includes(victim.place.peerUrl));
    if (!isListed) await cluster.add(asked, victim);
    return true;
  });
  victim.start(cluster.argumentsFor(cluster.members, '--initial-cluster-state', 'existing'));
  await victim.healthy();
  await scene.learnIds();
}

/** It comes back by itself, with the flags of a founder. */
async function wipe(scene: Scene): Promise<void> {
  const { cluster, dice } = scene;
  const victim = dice.pick(cluster.members);
  await victim.kill();
  victim.deleteData();
  await sleep(dice.between(0, 500));
  victim.start(cluster.argumentsFor());
  await victim.healthy();
  await scene.learnIds();
}

/** Each start goes on with what the one before began. */
async function wipeAndKill(scene: Scene): Promise<void> {
  const { cluster, dice } = scene;
  const victim = dice.pick(cluster.members);
  await victim.kill();
  victim.deleteData();
  for (let round = 0; round < 3; round++) {
    victim.start(cluster.argumentsFor());
    await sleep(dice.between(200, 1500));
    await victim.kill();
  }
  victim.start();
  await victim.healthy();
  await scene.learnIds();
}

async function idOf(through: ClusterMember, wanted: ClusterMember): Promise<string> {
  const found = (await through.members()).find(({ peerURLs }) => peerURLs.includes(wanted.place.peerUrl));
  if (found === undefined) throw new Error(`${wanted.name} is not among the members`);
  return found.id;
}
