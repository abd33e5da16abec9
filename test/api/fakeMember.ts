/** A member that does what the test tells it to and remembers what it was asked. */
import type { AuthChange } from '../../src/machine/auth/change';
import { AuthState } from '../../src/machine/auth/authState';
import type { AuthResult } from '../../src/machine/auth/result';
import type { AuthView } from '../../src/machine/auth/view';
import type { KeyCommand } from '../../src/machine/command';
import { DEFAULT_SETTINGS, type ClusterSettings, type SettingsChange } from '../../src/machine/cluster/clusterSettings';
import type { MemberInfo } from '../../src/machine/cluster/members';
import type { KeyError, KeyEvent, KeyResult, NodeView } from '../../src/machine/keyspace/event';
import type { StoreStats } from '../../src/machine/keyspace/stats';
import type { LogFollowing, LogPart, LogPosition } from '../../src/member/logSource';
import type {
  Indexes,
  Member,
  MemberStatus,
  Past,
  ReadOptions,
  StateSnapshot,
  Watch,
  WatchListener,
  WatchOptions,
} from '../../src/member/types';

export const NOW_MS = Date.parse('2026-03-04T05:06:07.000Z');

export function node(fields: Partial<NodeView> & { key: string }): NodeView {
  return {
    value: undefined,
    dir: false,
    createdIndex: 4,
    modifiedIndex: 4,
    expirationMs: undefined,
    nodes: undefined,
    ...fields,
  };
}

export function event(fields: Partial<KeyEvent> & { node: NodeView }): KeyEvent {
  return { ok: true, action: 'get', prevNode: undefined, etcdIndex: 4, nowMs: NOW_MS, refresh: false, ...fields };
}

export function keyError(code: KeyError['code'], cause: string): KeyError {
  return { ok: false, code, cause, etcdIndex: 9 };
}

const TRAFFIC = {
  recvAppendRequestCnt: 3,
  sendAppendRequestCnt: 5,
  recvPkgRate: 0,
  recvBandwidthRate: 0,
  sendPkgRate: 2.5,
  sendBandwidthRate: 100,
};

export interface OpenWatch {
  readonly path: string;
  readonly options: WatchOptions;
  readonly listener: WatchListener;
  cancelled: boolean;
}

export class FakeMember implements Member {
  readonly id: string = 'c9f751f0b0b4fa5a';
  readonly name = 'node1';
  readonly clusterId = '6c3e73ee238ab33f';

  readonly commands: KeyCommand[] = [];
  readonly authChanges: AuthChange[] = [];
  readonly authListeners = new Set<() => void>();
  private readonly authState = new AuthState();
  private authIndex = 0;
  readonly reads: { readonly path: string; readonly options: ReadOptions }[] = [];
  readonly watches: OpenWatch[] = [];
  barriers = 0;
  authUndecided = false;
  stateIsThere = true;
  upToDate = true;

  /** What the next calls answer; a test replaces what it needs. */
  onGet: (path: string) => KeyResult = (path) => event({ node: node({ key: path, value: 'v' }) });
  onPropose: (command: KeyCommand) => Promise<KeyResult> = () =>
    Promise.resolve(event({ action: 'set', node: node({ key: '/foo', value: 'bar' }) }));
  onBarrier: () => Promise<void> = () => Promise.resolve();
  pastEvents: readonly KeyEvent[] = [];
  watchError: KeyError | undefined;
  memberList: readonly MemberInfo[] = [
    {
      id: '1f',
      name: '',
      peerURLs: ['http://10.0.0.2:2380'],
      clientURLs: [],
      learner: false,
    },
    {
      id: 'c9f751f0b0b4fa5a',
      name: 'node1',
      peerURLs: ['http://10.0.0.1:2380'],
      clientURLs: ['http://10.0.0.1:4001', 'http://10.0.0.1:2379'],
      learner: false,
    },
  ];
  statusFields: Partial<MemberStatus> = {};
  role: MemberStatus['raft']['role'] = 'leader';

  get(path: string, options: ReadOptions): KeyResult {
    this.reads.push({ path, options: { recursive: options.recursive, sorted: options.sorted } });
    return this.onGet(path);
  }

  look(path: string, _options: ReadOptions): KeyResult {
    return this.onGet(path);
  }

  childCount(path: string): number | undefined {
    const read = this.onGet(path);
    return read.ok && read.node.dir ? (read.node.nodes?.length ?? 0) : undefined;
  }

  isVacant(path: string): boolean {
    const read = this.onGet(path);
    return read.ok && read.node.dir && read.node.nodes === undefined;
  }

  vacantBelow(path: string): Iterator<string | undefined> {
    return [this.isVacant(path) ? path : undefined].values();
  }

  past(): Past {
    return { events: this.pastEvents, etcdIndex: this.indexes().etcdIndex, isCut: false };
  }

  isUnchanged(_path: string, etcdIndex: number): boolean {
    return etcdIndex === this.indexes().etcdIndex;
  }

  readBarrier(): Promise<void> {
    this.barriers += 1;
    return this.onBarrier();
  }

  propose(command: KeyCommand): Promise<KeyResult> {
    this.commands.push(command);
    return this.onPropose(command);
  }

  auth(): AuthView {
    return this.authState;
  }

  isAuthUndecided(): boolean {
    return this.authUndecided;
  }

  hasState(): boolean {
    return this.stateIsThere;
  }

  isUpToDate(): boolean {
    return this.upToDate;
  }

  async whenUpToDate(): Promise<void> {
    await this.readBarrier();
    this.upToDate = true;
  }

  onAuthChange(listener: () => void): () => void {
    this.authListeners.add(listener);
    return () => this.authListeners.delete(listener);
  }

  /** Carried out at once, as by a member that is alone. */
  proposeAuth(change: AuthChange): Promise<AuthResult> {
    this.authChanges.push(change);
    const result = this.authState.apply(change, () => ++this.authIndex);
    if (result.ok) for (const listener of [...this.authListeners]) listener();
    return Promise.resolve(result);
  }

  watch(path: string, options: WatchOptions, listener: WatchListener): Watch | KeyError {
    if (this.watchError !== undefined) return this.watchError;
    const open: OpenWatch = { path, options, listener, cancelled: false };
    this.watches.push(open);
    const cancel = (): void => {
      open.cancelled = true;
    };
    return { ok: true, etcdIndex: 7, past: this.pastEvents, cancel };
  }

  indexes(): Indexes {
    return { etcdIndex: 4, raftIndex: 21, raftTerm: 2 };
  }

  status(): MemberStatus {
    return {
      raft: {
        id: this.id,
        role: this.role,
        term: 2,
        votedFor: this.id,
        leader: this.id,
        commit: 21,
        applied: 20,
        persisted: 21,
        firstIndex: 1,
        lastIndex: 21,
        configuration: { voters: [this.id], learners: [] },
        progress: [
          { id: this.id, matchIndex: 21, nextIndex: 22, state: 'replicate', recentlyActive: true, learner: false },
        ],
      },
      startedAtMs: NOW_MS - 3_725_500,
      leader: { id: this.id, sinceMs: NOW_MS - 3_725_500 },
      traffic: TRAFFIC,
      followers: [],
      stateMismatches: 0,
      stateInDoubt: false,
      quota: { bytes: 0, usedBytes: 0, alarm: false },
      ready: true,
      stopping: false,
      ...this.statusFields,
    };
  }

  storeStats(): StoreStats {
    return {
      watchers: 16,
      expireCount: 15,
      compareAndDeleteFail: 14,
      compareAndDeleteSuccess: 13,
      compareAndSwapFail: 12,
      compareAndSwapSuccess: 11,
      createFail: 10,
      createSuccess: 9,
      updateFail: 8,
      updateSuccess: 7,
      deleteFail: 6,
      deleteSuccess: 5,
      setsFail: 4,
      setsSuccess: 3,
      getsFail: 2,
      getsSuccess: 1,
    };
  }

  members(): readonly MemberInfo[] {
    return this.memberList;
  }

  addMember(peerURLs: readonly string[]): Promise<MemberInfo> {
    return Promise.reject(new Error(`no test asks for this: add ${peerURLs.join()}`));
  }

  removeMember(id: string): Promise<void> {
    return Promise.reject(new Error(`no test asks for this: remove ${id}`));
  }

  updateMember(id: string, peerURLs: readonly string[]): Promise<void> {
    return Promise.reject(new Error(`no test asks for this: update ${id} to ${peerURLs.join()}`));
  }

  settings: ClusterSettings = DEFAULT_SETTINGS;
  readonly settingsChanges: SettingsChange[] = [];

  clusterSettings(): ClusterSettings {
    return this.settings;
  }

  changeSettings(change: SettingsChange): Promise<boolean> {
    this.settingsChanges.push(change);
    this.settings = { ...this.settings, ...change, isSet: true };
    return Promise.resolve(true);
  }

  readonly ending = new AbortController();
  /** The parts of its state. */
  onSnapshot: (options: { readonly quorum: boolean }) => AsyncIterable<Uint8Array> = async function* () {
    yield Promise.resolve(Buffer.from('a part of the state'));
  };
  snapshotsClosed = 0;

  snapshot(options: { readonly quorum: boolean }): Promise<StateSnapshot> {
    return Promise.resolve().then(() => ({
      position: { index: 20, term: 2, configuration: { voters: ['1f', this.id], learners: [] } },
      nodesAbout: 3,
      chunks: this.onSnapshot(options),
      counted: { rows: 5, nodes: 3 },
      ending: this.ending.signal,
      close: (): Promise<void> => {
        this.snapshotsClosed += 1;
        return Promise.resolve();
      },
    }));
  }

  /** What the log is after a position; as long as it is `following`, with these parts. */
  onLog: (after: LogPosition, signal: AbortSignal) => LogFollowing | AsyncIterable<LogPart> = () => ({
    kind: 'unknown',
  });

  followLog(after: LogPosition, signal: AbortSignal): Promise<LogFollowing> {
    return Promise.resolve().then(() => {
      const log = this.onLog(after, signal);
      return 'kind' in log ? log : { kind: 'following', parts: log, ending: this.ending.signal };
    });
  }

  /** Where, and said from where. */
  readonly standbys: (readonly [string, string])[] = [];
  hasRoom = true;

  standbyLooks(peerURL: string, source: string): boolean {
    this.standbys.push([peerURL, source]);
    return this.hasRoom;
  }

  clusterVersion(): string {
    return '2.3.0';
  }
}
