/** Keeps the directory of a backup up to date: a whole state now and then, and the log in between. */
import { rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AnswerError } from '../../../client/errors';
import { pause } from '../../../client/transport/pause';
import { Complaints, type Log } from '../../../mirror/complaints';
import { BackOff, type BackOffBounds } from '../../../platform/backOff';
import { syncDirectory } from '../../../platform/durable';
import { DirectoryLock } from '../../../platform/directoryLock';
import { codeOf } from '../../../platform/errorCode';
import { fullName, NEXT_FULL } from '../../../snapshot/backup/files';
import { prune } from '../../../snapshot/backup/prune';
import { resume, type Place } from '../../../snapshot/backup/resume';
import { Segment } from '../../../snapshot/backup/segment';
import { messageOf } from '../../../platform/errorMessage';
import { ensureNamedDirectory } from '../../../platform/makeDirectory';
import type { Connection } from '../../connection';
import { save } from '../save';
import { FollowRefused } from './followRefused';
import { receiveLog } from './receiveLog';

export interface FollowOptions {
  readonly directory: string;
  /** How the members are reached; asked again for each attempt, since passwords and certificates may have changed. It may reject. */
  readonly reach: () => Promise<Pick<Connection, 'dial' | 'user'> & { readonly urls: readonly string[] }>;
  readonly fullEveryMs: number;
  readonly keep: number;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly pauses?: BackOffBounds;
  readonly silenceMaxMs?: number;
  readonly segmentBytesMax?: number;
}

const PAUSES: BackOffBounds = { firstMs: 200, longestMs: 30_000 };
/** Marks come every five seconds. */
const SILENCE_MAX_MS = 30_000;
/** A log of this length is followed by another, so that old ones can go. */
const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;
/** After a snapshot that could not be taken while the log goes on. */
const FULL_AGAIN_MS = 60_000;
const GONE = 410;
const CONFLICT = 409;
/** The directory is for its owner alone. */
const DIRECTORY_MODE = 0o700;

type Reached = Pick<Connection, 'url' | 'dial' | 'user'>;

export class Follower {
  private place: Place | undefined;
  /** Of the newest snapshot, if the log ended before it when this run began. */
  private otherwise: Place | undefined;
  private clusterId: string | undefined;
  private lock: DirectoryLock | undefined;
  private segment: Segment | undefined;
  /** The next records begin another one. */
  private isSegmentOver = false;
  private fullDueMs = 0;
  /** A snapshot that is taken while the log goes on. */
  private taking: Promise<void> | undefined;
  /** Why it must not go on, as a snapshot that was taken beside the log found out. */
  private refused: FollowRefused | undefined;
  /** Names of snapshots of which none can be restored. */
  private unreadable: ReadonlySet<string> = new Set();
  private turn = 0;
  private readonly complaints: Complaints;
  private readonly backOff: BackOff;

  constructor(private readonly options: FollowOptions) {
    this.complaints = new Complaints(options.log);
    this.backOff = new BackOff(options.pauses ?? PAUSES, Math.random);
  }

  /**
   * Resolves when the signal says so. Rejects with FollowRefused, or as the file system does if the directory cannot be looked at in the
   * beginning. What goes wrong otherwise is told and tried again.
   */
  async run(): Promise<void> {
    await ensureNamedDirectory(this.options.directory, DIRECTORY_MODE);
    this.lock = await this.takeLock();
    try {
      await this.look();
      while (!this.isOver()) {
        try {
          await this.attempt();
        } catch (error) {
          if (error instanceof FollowRefused) throw error;
          if (!this.isOver()) await this.afterFailure(error);
        }
      }
    } finally {
      await this.taking;
      await this.segment?.close();
      await this.lock?.release();
    }
  }

  /** Undefined: there can be none, which is told. */
  private async takeLock(): Promise<DirectoryLock | undefined> {
    const { directory, log } = this.options;
    const lock = await DirectoryLock.take(directory);
    if (lock === 'taken') {
      throw new FollowRefused(
        `another process follows into ${directory} already: one directory is for one. Stop that one first, or give another directory`,
      );
    }
    if (lock !== 'none') return lock;
    log.warn(
      { directory },
      'this file system has no sockets, so nothing keeps a second process from following into it',
    );
    return undefined;
  }

  /** Before a file is begun. */
  private async refuseTakenOver(): Promise<void> {
    if (this.lock === undefined || (await this.lock.isHeld())) return;
    throw new FollowRefused(
      `another process has taken ${this.options.directory} over, as one on another machine can; it goes on there, and this one ends`,
    );
  }

  private isOver(): boolean {
    return this.options.signal.aborted;
  }

  private async afterFailure(error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    this.complaints.began('backup', reason, 'the backup does not go on for now; it is tried again');
    await pause(this.backOff.nextMs(), this.options.signal).catch(() => undefined);
  }

  /** Follows one member for as long as that goes well. */
  private async attempt(): Promise<void> {
    const { urls, dial, user } = await this.options.reach();
    const url = urls[this.turn++ % urls.length] ?? '';
    const reached = { url, dial, user };
    this.place ??= await this.full(reached);
    try {
      await this.receive(reached, this.place);
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      if ((error.status === GONE || error.status === CONFLICT) && (await this.leapsToNewest(this.place))) return;
      if (error.status === CONFLICT) {
        throw new FollowRefused(
          `${error.message}. ${this.options.directory} is the backup of another log: of another cluster, or of this one before it was made ` +
            'anew from a survivor (--force-new-cluster). Give another directory, and keep this one for what it has',
        );
      }
      if (error.status !== GONE) throw error;
      this.options.log.warn(
        { entry: this.place.index },
        'the member has forgotten entries after this one: a full snapshot leads over the gap',
      );
      // One that is taken already would be written into the same file, and what comes behind the gap is no part of the log before it.
      await this.taking;
      await this.endSegment();
      this.place = await this.full(reached);
    }
  }

  /** The hole before the newest snapshot stays, and the log goes on behind that. False: the log leads to it already, or there is no hole. */
  private async leapsToNewest({ index: entry }: Place): Promise<boolean> {
    const { otherwise } = this;
    if (otherwise === undefined || otherwise.index <= entry) return false;
    this.options.log.warn(
      { entry, newest: otherwise.index },
      'the member does not have the entries after this one: the log goes on behind the newest snapshot, and states between the two cannot be restored',
    );
    await this.endSegment();
    this.place = otherwise;
    return true;
  }

  private async receive(reached: Reached, place: Place): Promise<void> {
    const { signal, log, silenceMaxMs = SILENCE_MAX_MS } = this.options;
    let isToBeTold = true;
    await receiveLog({
      ...{ ...reached, place, signal, silenceMaxMs },
      write: (records, now) => this.write(records, now),
      marked: () => {
        this.backOff.reset();
        this.complaints.ended('backup', 'the backup goes on');
        if (isToBeTold) log.info({ url: reached.url, after: place.index }, 'following the log');
        isToBeTold = false;
        if (performance.now() >= this.fullDueMs) this.takeBeside(reached);
      },
    });
  }

  /** @param now - after these records */
  private async write(records: Uint8Array, now: Place): Promise<void> {
    const { directory, segmentBytesMax = SEGMENT_BYTES_MAX } = this.options;
    const before = this.place ?? now;
    if (this.refused !== undefined) throw this.refused;
    try {
      if (this.isSegmentOver || (this.segment?.bytes ?? 0) >= segmentBytesMax) await this.endSegment();
      const { clusterId, index: after, term } = before;
      if (this.segment === undefined) await this.refuseTakenOver();
      this.segment ??= await Segment.begin(directory, { clusterId, after, term });
      await this.segment.write(records);
      this.place = now;
    } catch (error) {
      await this.segment?.abandon();
      this.segment = undefined;
      throw isFull(error)
        ? new Error(`the disk of ${directory} is full; make room there. What is in the directory already stays good`)
        : error;
    }
  }

  private async endSegment(): Promise<void> {
    const { segment } = this;
    this.segment = undefined;
    this.isSegmentOver = false;
    await segment?.close();
  }

  /** Where the directory leads to. */
  private async look(): Promise<void> {
    const { directory, log, fullEveryMs } = this.options;
    const { place, otherwise, clusterId, notes, fullTakenAtMs, unreadable } = await resume(directory);
    for (const note of notes) log.warn({}, note);
    this.unreadable = unreadable;
    this.place = place;
    this.otherwise = otherwise;
    this.clusterId = clusterId;
    // A clock that was ahead when it was taken puts the next one off no further than any other.
    const inMs = Math.min(fullEveryMs, Math.max(0, fullTakenAtMs + fullEveryMs - Date.now()));
    this.fullDueMs = performance.now() + inMs;
  }

  private takeBeside(reached: Reached): void {
    this.fullDueMs = Infinity;
    const taking = async (): Promise<void> => {
      try {
        await this.full(reached);
        // What is before the snapshot is in a log of its own, which can go one day.
        this.isSegmentOver = true;
      } catch (error) {
        if (error instanceof FollowRefused) {
          this.refused = error;
          return;
        }
        this.fullDueMs = performance.now() + FULL_AGAIN_MS;
        const reason = error instanceof Error ? error.message : String(error);
        if (!this.options.signal.aborted)
          this.options.log.error({ reason }, 'no full snapshot could be taken; the log goes on');
      }
    };
    this.taking = taking();
  }

  /** Takes a whole state into the directory, and removes what is older than what is to be kept. */
  private async full({ url, dial, user }: Reached): Promise<Place> {
    const { directory, signal, log, fullEveryMs } = this.options;
    await this.refuseTakenOver();
    const file = join(directory, NEXT_FULL);
    const { header, totals } = await save({ ...{ url, dial, user, file, signal }, replaces: true, quorum: true });
    const { clusterId, index, term } = header;
    this.clusterId ??= clusterId;
    if (this.clusterId !== clusterId) {
      await unlink(file);
      throw new FollowRefused(
        `${directory} is the backup of cluster ${this.clusterId}, and ${url} is of cluster ${clusterId}: give another directory`,
      );
    }
    await rename(file, join(directory, fullName(index)));
    await syncDirectory(directory);
    this.fullDueMs = performance.now() + fullEveryMs;
    log.info({ file: fullName(index), keys: totals.keys }, 'a full snapshot was taken');
    await this.prune();
    return { clusterId, index, term };
  }

  /** Never rejects: the snapshot is there, and to take it once more would only fill the disk. What stays goes after the next one. */
  private async prune(): Promise<void> {
    const { directory, log, keep } = this.options;
    try {
      const { removed, failed } = await prune(directory, keep, this.unreadable);
      if (removed.length > 0) log.info({ removed }, 'what is older than the snapshots to keep was removed');
      for (const failure of failed) log.warn(failure, 'what is older than the snapshots to keep could not be removed');
    } catch (error) {
      log.warn(
        { directory, reason: messageOf(error) },
        'what is older than the snapshots to keep could not be removed',
      );
    }
  }
}

function isFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}
