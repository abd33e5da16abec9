/** Everything that a member of one carried out, from the first entry of its log on, and the states that lead from one to the next. */
import { createHash } from 'node:crypto';
import type { Command } from '../../../src/machine/command';
import { decodeBatch, encodeBatch } from '../../../src/machine/commandCodec';
import { Machine } from '../../../src/machine/machine';
import { isMachineKey } from '../../../src/machine/cluster/clusterKeys';
import { receiveLog } from '../../../src/ctl/snapshot/follow/receiveLog';
import { dialTcp } from '../../../src/platform/dial';
import type { Entry } from '../../../src/raft/types';
import { LogContents } from '../../../src/snapshot/backup/logContents';
import { logBeginning } from '../../../src/snapshot/format/logWriter';
import { LogReader } from '../../../src/snapshot/format/logReader';

interface Origin {
  readonly url: string;
  /** `NAME:PASSWORD`, for when auth is on. */
  readonly user: string;
  readonly clusterId: string;
  readonly memberId: string;
  readonly peerUrl: string;
}

/** The founding of a cluster is no entry; see member/bootstrap.ts. */
const FOUNDATION = { index: 1, term: 1 };

/** Who asks is cut off when auth is switched on, and asks again; nothing else may happen so often. */
const TRIES_MAX = 100;

/** Takes the log while it grows. What was carried out is carried out again command by command, and a node that expires at a time. */
export class RecordedHistory {
  private readonly entries: Entry[] = [];
  private readonly contents = new LogContents({ entry: (entry) => this.entries.push(entry) });
  private readonly reader = new LogReader(this.contents);
  private readonly stopping = new AbortController();
  private readonly over: Promise<void>;

  constructor(private readonly origin: Origin) {
    const { index: after, term } = FOUNDATION;
    for (const piece of logBeginning({ clusterId: origin.clusterId, after, term })) this.reader.push(piece);
    this.over = this.record();
  }

  /** X-Etcd-Index up to which it is known to lead. */
  get knownTo(): number {
    return this.contents.lastMark?.etcdIndex ?? 0;
  }

  private async record(): Promise<void> {
    const { url, user, clusterId } = this.origin;
    const { signal } = this.stopping;
    for (let tries = 0; !signal.aborted && tries < TRIES_MAX; tries += 1) {
      const { index, term } = this.contents;
      const receiving = receiveLog({
        ...{ url, dial: dialTcp, user, place: { clusterId, index, term }, signal, silenceMaxMs: 30_000 },
        write: (records) => {
          this.reader.push(records);
          return Promise.resolve();
        },
        marked: () => undefined,
      });
      await receiving.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Resolves when nothing of the log is taken any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.over;
  }

  /** The state after this entry of the log. */
  atEntry(index: number): Machine {
    const machine = this.founded();
    for (const entry of this.entries.filter((each) => each.index <= index)) carryOut(machine, entry, () => false);
    return machine;
  }

  /** The state right after the change that was given this X-Etcd-Index. */
  atEtcdIndex(etcdIndex: number): Machine {
    const machine = this.founded();
    const isThere = (): boolean => machine.keySpace.index >= etcdIndex;
    for (const entry of this.entries) if (!isThere()) carryOut(machine, entry, isThere);
    if (!isThere()) throw new Error(`the log leads to index ${machine.keySpace.index}, not to ${etcdIndex}`);
    return machine;
  }

  private founded(): Machine {
    const machine = new Machine(1000);
    machine.bootstrap([{ id: this.origin.memberId, peerURLs: [this.origin.peerUrl] }]);
    return machine;
  }
}

function carryOut(machine: Machine, entry: Entry, isEnough: () => boolean): void {
  if (entry.kind === 'noop') return;
  if (entry.kind === 'configuration') {
    machine.applyConfiguration(entry.data);
    return;
  }
  const batch = decodeBatch(entry.data);
  for (const command of batch.commands) {
    for (const step of stepsOf(command)) {
      if (isEnough()) return;
      const before = machine.keySpace.index;
      const { fault } = machine.apply(encodeBatch({ ...batch, commands: [step] }));
      if (fault !== undefined) throw new Error(`${command.type} in entry ${entry.index}: ${fault}`);
      if (step.type === 'sync' && machine.keySpace.index === before) break;
    }
  }
}

function stepsOf(command: Command): Iterable<Command> {
  return command.type === 'sync' ? Array<Command>(command.expireMax).fill({ ...command, expireMax: 1 }) : [command];
}

/** All that there is to a state but who the members are, as lines that can be compared. */
export function linesOf(machine: Machine): readonly string[] {
  const { keySpace, auth, cluster } = machine;
  const nodes = [...keySpace.tree.everyNode()].filter(({ path }) => !isMachineKey(path));
  const { hasBegun, version } = auth.settings;
  return [
    ...nodes.map((node) => {
      const what = node.dir ? 'directory' : `value ${shown(node.value)}`;
      const indexes = `${node.createdIndex} ${node.modifiedIndex} ${node.expiry?.expirationMs ?? 'stays'}`;
      return `${node.path} ${indexes} ${what}`;
    }),
    ...auth.users.map(({ name, passwordHash, roles }) => `user ${name} ${passwordHash} ${JSON.stringify(roles)}`),
    ...auth.roles.map(({ name, permissions }) => `role ${name} ${JSON.stringify(permissions)}`),
    `auth ${auth.enabled ? 'on' : 'off'} ${hasBegun ? 'begun' : 'new'} ${version}`,
    `level ${cluster.level}`,
    `${keySpace.tree.expiries.size} with a TTL, first ${keySpace.tree.expiries.first()?.node.path ?? 'none'}`,
  ].sort();
}

function shown(value: string): string {
  if (value.length < 100) return JSON.stringify(value);
  return `${value.length} ${createHash('sha256').update(value, 'latin1').digest('hex')}`;
}
