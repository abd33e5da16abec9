import { QUIET } from '../../src/app/peerLinks';
import { FEATURE_LEVEL } from '../../src/machine/features';
import { openMember } from '../../src/member/openMember';
import type { MemberBeginning } from '../../src/member/openMember';
import type { LocalMember } from '../../src/member/localMember';
import type { FounderName } from '../../src/discovery/askBack';
import { JoinError } from '../../src/discovery/beginning';
import { Witness, type WitnessView } from '../../src/discovery/witness';
import { StorageError } from '../../src/storage/errors';
import { IDENTITY_KEY } from '../../src/storage/layout';
import type { Kv } from '../../src/storage/kv';
import { MemberStore } from '../../src/storage/memberStore';
import { WitnessNotes } from '../../src/storage/witnessNote';
import type { MemberId } from '../../src/raft/types';
import { SimDisk } from './disk';
import { Incarnation } from './incarnation';
import type { ClockError } from './nodeClock';
import type { World } from './world';

const NO_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** What a member that begins has. */
export interface BeginningParts {
  readonly incarnation: Incarnation;
  readonly witness: Witness;
  readonly unfinishedId: MemberId | undefined;
}

/** How a member without a state begins; asked at every start, as a server asks the cluster. */
export type Beginning = (parts: BeginningParts) => MemberBeginning | Promise<MemberBeginning>;

const STOP_LIMIT_MS = 2000;
const GRACE_MS = 500;

/** One machine with its disk and clock, on which a member runs, ends, dies and is started again. */
export class SimNode {
  readonly peerURLs: readonly string[];
  readonly clockError: ClockError = { offsetMs: 0, rate: 1 };
  disk: SimDisk;
  /** The member that lives here; undefined before it has an id. */
  memberId: MemberId | undefined;
  incarnation: Incarnation | undefined;
  /** The cluster removed its member: it is not started again. */
  retired = false;
  /** It joined, or was put in the place of another: it no longer begins as a founder does. */
  isReplaced = false;
  /** The feature level that the program on this machine reads. */
  knownLevel = FEATURE_LEVEL;
  /** Nobody starts it for now. */
  heldBack = false;
  /** Whether a process that waits for a place answers at a peer URL. */
  isStandbyAt: (peerURL: string) => boolean = () => false;
  /** The machines that its --join-urls name from its next start on. */
  joinNodes: readonly SimNode[] = [];
  /** What members that are no more had stored. */
  readonly lostDisks = new Map<MemberId, SimDisk>();
  /** What its process answers founders. */
  witness: Witness | undefined;
  private kv: Kv | undefined;

  constructor(
    private readonly world: World,
    readonly name: string,
    private beginning: Beginning | undefined,
    private readonly askName: (from: Incarnation, url: string) => Promise<FounderName>,
  ) {
    this.peerURLs = [`http://${name}:2380`];
    this.disk = this.newDisk();
  }

  get isUp(): boolean {
    return this.incarnation !== undefined;
  }

  /** The member, if it is open and not on its way out. */
  get member(): LocalMember | undefined {
    const { incarnation } = this;
    return incarnation === undefined || incarnation.stopping ? undefined : incarnation.member;
  }

  start(): void {
    const { world, beginning } = this;
    if (this.incarnation !== undefined || this.retired || this.heldBack || beginning === undefined) return;
    const { joinNodes } = this;
    const incarnation = new Incarnation(
      world,
      this.name,
      this.clockError,
      () => incarnation.member?.peerSide.wasRemoved(),
      () => joinNodes.flatMap(({ memberId }) => memberId ?? []),
    );
    this.incarnation = incarnation;
    this.note('starts');
    // The first events of a process are its own.
    world.scheduler.schedule(1, () => void this.open(incarnation, beginning), incarnation);
  }

  /** The process dies at once. */
  crash(): void {
    const { incarnation } = this;
    if (incarnation === undefined) return;
    this.world.faults.count('crash');
    this.note('crashes');
    this.end(incarnation);
    this.disk.crash();
  }

  /** The process dies, and its disk loses something that it had said is safe. False: there was nothing that it could lose. */
  loseSynced(): boolean {
    const { incarnation } = this;
    if (incarnation === undefined) return false;
    this.note('crashes, its disk loses a page');
    this.end(incarnation);
    return this.disk.crash(true);
  }

  pause(forMs: number): void {
    if (this.incarnation === undefined) return;
    this.world.faults.count('process paused');
    this.note('pauses', forMs);
    // Its timers wait for the end of the first pause already: a second one within it cannot let it go on sooner.
    const untilMs = Math.ceil(this.world.scheduler.nowMs + forMs);
    this.incarnation.pausedUntilMs = Math.max(this.incarnation.pausedUntilMs, untilMs);
  }

  /** Ends in order, as SIGTERM does. Resolves when it is down, also if it died on the way. */
  stop(): Promise<void> {
    const { incarnation, member } = this;
    if (incarnation === undefined || member === undefined) return Promise.resolve();
    this.note('stops');
    return new Promise((resolve) => {
      incarnation.endListeners.add(resolve);
      this.stopInOrder(incarnation, member).catch((error: unknown) => {
        if (incarnation.dead) return;
        if (!(error instanceof StorageError))
          this.world.judge.broken('stops in order', `${this.name}: ${textOf(error)}`);
        this.crash();
      });
    });
  }

  /** The machine is lost with its disk; another one takes its place and joins under a new id. */
  replaceBy(beginning: Beginning | undefined, memberId: MemberId | undefined): void {
    this.isReplaced = true;
    this.loseDisk();
    this.memberId = memberId;
    this.beginning = beginning;
  }

  /** The process dies and its disk is gone: it starts again as it is configured, on an empty one. */
  loseDisk(): void {
    this.crash();
    if (this.memberId !== undefined) this.lostDisks.set(this.memberId, this.disk);
    this.disk = this.newDisk();
    this.memberId = undefined;
  }

  /** Whether a member has begun on its disk. */
  get hasState(): boolean {
    return this.disk.durable.get(IDENTITY_KEY) !== undefined;
  }

  /** It knows how to begin on an empty disk. */
  get canBegin(): boolean {
    return this.beginning !== undefined;
  }

  private async stopInOrder(incarnation: Incarnation, member: LocalMember): Promise<void> {
    await member.prepareStop(STOP_LIMIT_MS);
    incarnation.stopping = true;
    await member.stop(GRACE_MS);
    await this.kv?.close();
    if (incarnation.dead) return;
    this.end(incarnation);
    this.disk.closed();
  }

  private async open(incarnation: Incarnation, beginning: Beginning): Promise<void> {
    const { world, disk } = this;
    try {
      // As in the server: whoever was writing, an engine that failed ends the process.
      const kv = disk.open(incarnation, (error) => this.failed(incarnation, error));
      this.kv = kv;
      const store = await MemberStore.open(kv);
      const witness = new Witness(
        new WitnessNotes(kv),
        (url) => this.askName(incarnation, url),
        () => this.drawIncarnation(),
      );
      this.witness = witness;
      const member = await openMember({
        ...this.memberOptions(incarnation, beginning, witness),
        store,
      });
      if (incarnation.dead) return;
      this.memberId = member.id;
      witness.answersAs(() => viewOf(member));
      world.scheduler.current = incarnation;
      incarnation.opened(member);
      this.note('is up', member.id);
    } catch (error) {
      if (!incarnation.dead) this.failed(incarnation, error);
    }
  }

  private memberOptions(
    incarnation: Incarnation,
    beginning: Beginning,
    witness: Witness,
  ): Omit<Parameters<typeof openMember>[0], 'store'> {
    const { settings, random } = this.world;
    return {
      settings: {
        name: this.name,
        clientURLs: [`http://${this.name}:2379`],
        version: '3.0.0',
        heartbeatIntervalMs: settings.heartbeatIntervalMs,
        electionTimeoutMs: settings.electionTimeoutMs,
        snapshotCount: settings.snapshotCount,
        strictReconfigCheck: true,
        integrityIntervalMs: settings.integrityIntervalMs,
      },
      transport: incarnation,
      clock: incarnation.clock,
      random: random.next,
      history: settings.historyLength,
      knownLevel: this.knownLevel,
      uncommittedBytesMax: settings.uncommittedBytesMax,
      begin: async (unfinishedId) => beginning({ incarnation, witness, unfinishedId }),
      logger: NO_LOG,
      peerReport: () => QUIET,
      isStandbyOf: (_clusterId, peerURL) => Promise.resolve(this.isStandbyAt(peerURL)),
      onFailure: (error) => this.failed(incarnation, error),
      onRemoved: () => this.removed(incarnation),
    };
  }

  /** A disk that fails ends the member; anything else must not happen. */
  private failed(incarnation: Incarnation, error: unknown): void {
    if (incarnation.dead) return;
    this.note('fails', error instanceof Error ? error.message : '');
    const isOfDisk = error instanceof StorageError && (error.kind === 'io' || error.kind === 'full');
    const isRefused = error !== undefined && error === this.disk.refusal;
    // The list of members that it was told was an old one: it says that it is to be started again.
    const isToStartAgain = error instanceof JoinError && error.message.includes('start this one again');
    const expected = isOfDisk || isRefused || isToStartAgain;
    if (!expected) this.world.judge.broken('no member fails by itself', `${this.name}: ${textOf(error)}`);
    this.end(incarnation);
    this.disk.crash();
  }

  private removed(incarnation: Incarnation): void {
    if (incarnation.dead) return;
    this.note('was removed');
    this.world.scheduler.schedule(1, () => {
      if (this.incarnation !== incarnation) return;
      this.retired = true;
      this.end(incarnation);
      this.disk.crash();
    });
  }

  private drawIncarnation(): string {
    return Array.from({ length: 4 }, () =>
      Math.floor(this.world.random.next() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('');
  }

  private end(incarnation: Incarnation): void {
    incarnation.end();
    this.witness = undefined;
    this.incarnation = undefined;
  }

  private newDisk(): SimDisk {
    const { scheduler, random, faults, judge } = this.world;
    return new SimDisk({ scheduler, random, faults, judge, onCrashPoint: () => this.crash() });
  }

  private note(what: string, detail: string | number = ''): void {
    this.world.trace.add(this.world.scheduler.nowMs, `${this.name} ${what}`, detail);
  }
}

/** Undefined while it joins, as in the server. */
function viewOf(member: LocalMember): WitnessView | undefined {
  const { id: memberId, clusterId } = member;
  const members = member.members();
  return members.length === 0 ? undefined : { kind: 'running', clusterId, memberId, members };
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
