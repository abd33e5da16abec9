import { APPLY, BACKEND_SNAPSHOT, DISK, EVENT_LOOP, ROUND_TRIP, STATE_TRANSFER } from './buckets';
import { Histogram, HistogramByLabel } from './histogram';
import { KeyRequestTable, type KeyRequests } from './keyRequests';

/** As in etcd: applying that takes longer delays every client. */
const SLOW_APPLY_MS = 100;

/** States that were sent to, or received from, one member. */
export interface Transfers {
  underWay: number;
  succeeded: number;
  failed: number;
}

class TransfersByMember {
  readonly durations = new HistogramByLabel(STATE_TRANSFER);
  readonly counts = new Map<string, Transfers>();

  constructor(private readonly nowMs: () => number) {}

  /** What goes on with the others ends uncounted. */
  keep(members: ReadonlySet<string>): void {
    this.durations.keep(members);
    for (const member of this.counts.keys()) if (!members.has(member)) this.counts.delete(member);
  }

  begin(member: string): (ok: boolean) => void {
    const startedMs = this.nowMs();
    const known = this.counts.get(member);
    const count = known ?? { underWay: 0, succeeded: 0, failed: 0 };
    if (known === undefined) this.counts.set(member, count);
    count.underWay++;
    return (ok) => {
      count.underWay--;
      if (ok) {
        count.succeeded++;
        this.durations.of(member).observeMs(this.nowMs() - startedMs);
      } else {
        count.failed++;
      }
    };
  }
}

/**
 * What cannot be looked up later: how long things took, and what happened to clients. It fits the observers of storage,
 * member, peer and api; a call costs some nanoseconds and makes no garbage.
 */
export class Recorders {
  readonly logSync = new Histogram(DISK);
  readonly rowWrite = new Histogram(DISK);
  readonly stateAdoption = new Histogram(DISK);
  readonly stateExport = new Histogram(BACKEND_SNAPSHOT);
  readonly stateImport = new Histogram(STATE_TRANSFER);
  readonly apply = new Histogram(APPLY);
  readonly eventLoop = new Histogram(EVENT_LOOP);
  readonly probes = new HistogramByLabel(ROUND_TRIP);
  readonly appends = new HistogramByLabel(ROUND_TRIP);
  readonly keyRequests = new KeyRequestTable();
  readonly sent: TransfersByMember;
  readonly received: TransfersByMember;
  slowApplies = 0;
  watchesOpen = 0;
  streamsOpen = 0;
  watchEventsSent = 0;
  healthSuccesses = 0;
  healthFailures = 0;
  readonly accessRefusals = { denied: 0, tooFast: 0, busy: 0, undecided: 0 };

  /** @param nowMs a clock that never goes back */
  constructor(readonly nowMs: () => number) {
    this.sent = new TransfersByMember(nowMs);
    this.received = new TransfersByMember(nowMs);
  }

  batchWritten(elapsedMs: number, synced: boolean, withRows: boolean): void {
    if (synced) this.logSync.observeMs(elapsedMs);
    if (withRows) this.rowWrite.observeMs(elapsedMs);
  }

  stateAdopted(elapsedMs: number): void {
    this.stateAdoption.observeMs(elapsedMs);
  }

  applied(elapsedMs: number): void {
    this.apply.observeMs(elapsedMs);
    if (elapsedMs > SLOW_APPLY_MS) this.slowApplies++;
  }

  probed(peer: string, elapsedMs: number): void {
    this.probes.of(peer).observeMs(elapsedMs);
  }

  appended(peer: string, elapsedMs: number): void {
    this.appends.of(peer).observeMs(elapsedMs);
  }

  /** Of the other members that there are. What is known of those that were removed would be shown for ever. */
  keepMembers(members: ReadonlySet<string>): void {
    for (const table of [this.probes, this.appends, this.sent, this.received]) table.keep(members);
  }

  /** The state is being sent to a member; to be told how that ended. */
  sendingState(to: string): (ok: boolean) => void {
    const startedMs = this.nowMs();
    const ended = this.sent.begin(to);
    return (ok) => {
      ended(ok);
      if (ok) this.stateExport.observeMs(this.nowMs() - startedMs);
    };
  }

  /** The state of a member comes in; to be told how that ended. */
  receivingState(from: string): (ok: boolean) => void {
    const startedMs = this.nowMs();
    const ended = this.received.begin(from);
    return (ok) => {
      ended(ok);
      if (ok) this.stateImport.observeMs(this.nowMs() - startedMs);
    };
  }

  keyRequest(method: string, kind: string): KeyRequests {
    return this.keyRequests.of(method, kind);
  }

  watchOpened(stream: boolean): void {
    this.watchesOpen++;
    if (stream) this.streamsOpen++;
  }

  watchClosed(stream: boolean): void {
    this.watchesOpen--;
    if (stream) this.streamsOpen--;
  }

  watchEventSent(): void {
    this.watchEventsSent++;
  }

  healthChecked(healthy: boolean): void {
    if (healthy) this.healthSuccesses++;
    else this.healthFailures++;
  }

  accessRefused(reason: keyof Recorders['accessRefusals']): void {
    this.accessRefusals[reason]++;
  }
}
