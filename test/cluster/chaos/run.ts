import { Cluster } from '../cluster';
import { sleep } from '../waiting';
import { ChaosClient, KeysInUse, QUEUE, ROOT } from './clients';
import { Dice } from './dice';
import { agree, expireAll, finishWatches, readAll } from './ending';
import { pickFault } from './faults';
import type { Scene } from './faults';
import { judge } from './judge';
import { Links } from './links';
import { finishLocks, judgeLocks, LockClient, LOCK_PATH } from './locks';
import { Record } from './record';
import { Watcher } from './watcher';

export interface ChaosOptions {
  readonly seconds: number;
  readonly members: number;
  readonly seed: number;
  readonly clients: number;
  /** Only faults whose name has this in it; empty: all. */
  readonly only: string;
  /** A line whenever something is done to the cluster. */
  readonly say: (line: string) => void;
}

export interface ChaosOutcome {
  readonly record: Record;
  readonly facts: ReadonlyMap<string, string>;
  readonly directory: string;
  /** Ends every process; `keepFiles` leaves logs and data. */
  readonly tidy: (keepFiles: boolean) => Promise<void>;
}

const LOCK_CLIENTS = 4;
const RECOVERS_WITHIN_MS = 30_000;
/** Short log, so that whoever was away is streamed the state; long history, so that a watch never comes too late. */
const ARGUMENTS = ['--snapshot-count', '300', '--history-length', '1000000'];

/** Clients and watches on a cluster of real processes, to which one thing after the other is done; then the verdict. */
export async function runChaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const { seconds, seed, say } = options;
  const dice = new Dice(seed);
  const record = new Record();
  const names = new Map<string, string>();
  const links = new Links((id) => names.get(id));
  const cluster = await Cluster.start({
    size: options.members,
    heartbeatIntervalMs: 30,
    electionTimeoutMs: 300,
    moreArguments: ARGUMENTS,
    peerUrlFor: (name, peerPort) => links.inFrontOf(name, peerPort),
  });
  const learnIds = async (): Promise<void> => {
    for (const member of cluster.members) {
      for (const { id, name } of await member.members().catch(() => [])) names.set(id, name);
    }
  };
  await learnIds();
  const keys = new KeysInUse();
  const begin = JSON.parse((await cluster.members[0]!.put(`${ROOT}-begin`, 'now')).text).node.modifiedIndex as number;
  const watchers = makeWatchers(cluster, begin, dice, record);
  const watching = watchers.map((watcher) => watcher.run());
  let isOver = false;
  const clients = Array.from({ length: options.clients }, (_, number) => {
    const client = new ChaosClient(`c${number}`, cluster.members, keys, dice.fork(), record);
    return client.run(() => isOver);
  });
  const lockWatcher = new Watcher('locks', LOCK_PATH, begin + 1, true, cluster.members, dice.fork(), record);
  const lockWatching = lockWatcher.run();
  const lockClients = Array.from({ length: LOCK_CLIENTS }, (_, number) => {
    return new LockClient(`l${number}`, cluster.members, dice.fork(), record);
  });
  const locking = lockClients.map((client) => client.run(() => isOver));
  const deadlineMs = performance.now() + seconds * 1000;
  await mistreat({ cluster, links, dice, learnIds }, record, () => performance.now() < deadlineMs, options);
  isOver = true;
  await Promise.all([...clients, ...locking]);
  say('the clients are done');
  try {
    await finishLocks(cluster.members, lockWatcher);
    const writes = lockClients.flatMap((client) => client.writes);
    judgeLocks(record, lockWatcher.events, writes);
  } catch (error) {
    record.violation('the locks did not end well', String(error));
  }
  lockWatcher.stop();
  await lockWatching;
  await finish(cluster, watchers, keys, record, say);
  for (const watcher of watchers) watcher.stop();
  await Promise.all(watching);
  links.close();
  const facts = new Map([
    ['seed', String(seed)],
    ['members', String(options.members)],
    ['seconds', String(seconds)],
  ]);
  return {
    record,
    facts,
    directory: cluster.directory,
    tidy: (keepFiles) => {
      if (!keepFiles) return cluster.end();
      cluster.keepFiles();
      return cluster.killAll();
    },
  };
}

function makeWatchers(cluster: Cluster, begin: number, dice: Dice, record: Record): readonly Watcher[] {
  const make = (name: string, path: string, isStream: boolean): Watcher =>
    new Watcher(name, path, begin + 1, isStream, cluster.members, dice.fork(), record);
  return [make('stream 1', ROOT, true), make('stream 2', ROOT, true), make('one by one', QUEUE, false)];
}

async function mistreat(
  scene: Scene,
  record: Record,
  goesOn: () => boolean,
  { only, say }: Pick<ChaosOptions, 'only' | 'say'>,
): Promise<void> {
  const { cluster, links, dice } = scene;
  while (goesOn()) {
    await sleep(dice.between(300, 1500));
    const fault = pickFault(dice, only);
    say(fault.name);
    record.count(`fault: ${fault.name}`);
    const isUp = cluster.members.map((member) => member.isRunning);
    if (isUp.includes(false)) record.violation('a member ended', lastWords(cluster));
    try {
      await fault.run(scene);
    } catch (error) {
      record.violation('fault went wrong', `${fault.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    links.heal(dice.chance(0.5));
    for (const member of cluster.members) if (!member.isRunning) member.start();
    const startMs = performance.now();
    try {
      await cluster.healthy(cluster.members, RECOVERS_WITHIN_MS);
    } catch (error) {
      const text = `after ${fault.name}: ${error instanceof Error ? error.message : String(error)}`;
      record.violation('did not recover', `${text}\n${lastWords(cluster)}`);
      return;
    }
    say(`  well again after ${Math.round(performance.now() - startMs)} ms`);
  }
}

async function finish(
  cluster: Cluster,
  watchers: readonly Watcher[],
  keys: KeysInUse,
  record: Record,
  say: (line: string) => void,
): Promise<void> {
  try {
    await expireAll(cluster);
    const completeUpTo = await finishWatches(cluster, watchers, record);
    say('the watchers are done');
    await agree(cluster, record);
    await readAll(cluster, keys, record);
    judge(record, watchers, completeUpTo);
  } catch (error) {
    record.violation('the end went wrong', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  for (const member of cluster.members) {
    const serious = member
      .logs()
      .split('\n')
      .filter((line) => /"level":"fatal"|states of the members differ/.test(line));
    if (serious.length > 0) record.violation('serious log lines', `${member.name}: ${serious.slice(0, 3).join('\n')}`);
  }
}

function lastWords(cluster: Cluster): string {
  return cluster.members.map((member) => `${member.name}: ${member.logs().slice(-600)}`).join('\n');
}
