/** A directory that holds what a prefix holds: lists, writes, watches, and lists again. */
import { BackOff } from '../platform/backOff';
import type { Clock, Random } from '../platform/clock';
import { ensureNamedDirectory } from '../platform/makeDirectory';
import { reasonOf } from '../platform/networkError';
import { Complaints, type Log } from './complaints';
import type { DebounceBounds } from './debounce';
import { digestOf } from './digest';
import { Disk, type Modes } from './directory/disk';
import { namesInState, namesWithoutLink, putLinks } from './directory/links';
import { noteText, readState } from './directory/state';
import { swapIn, tidy, topNames } from './directory/swap';
import { whyNotWritten } from './directory/whyNotWritten';
import { NotTheWriterError, Writer } from './directory/writer';
import { followUntilDue } from './followUntilDue';
import { RefusedListingError, refuseTooMuch, type Listing, type ListingLimits } from './listing';
import { planFiles, type Form } from './plan';
import type { Listed, Source } from './source';
import type { MirrorStatus } from './status';

export interface MirrorSettings {
  /** Absolute. */
  readonly directory: string;
  readonly prefix: string;
  readonly form: Form;
  readonly modes: Modes;
  readonly limits: ListingLimits;
  /** What is done where the prefix is no directory. */
  readonly missing: 'keep' | 'empty';
  readonly debounce: DebounceBounds;
  readonly resyncMs: number;
}

/** What a mirror tells of its states. */
export interface MirrorListener {
  /** Readers see another state, or this one is known to be current, or was found at the start. */
  onState(digest: string): void;
}

export interface MirrorParts {
  readonly source: Source;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly status: MirrorStatus;
  readonly listener: MirrorListener;
}

/** How a round ended: `index` is what to watch from. */
type Round = { readonly kind: 'done' | 'refused'; readonly index: number } | { readonly kind: 'failed' };

const PAUSES = { firstMs: 200, longestMs: 10_000 };

export class Mirror {
  private readonly directory: string;
  private readonly made: string;
  private readonly complaints: Complaints;
  private readonly backOff: BackOff;
  private readonly writer: Writer;

  constructor(
    private readonly settings: MirrorSettings,
    private readonly parts: MirrorParts,
  ) {
    const { prefix, form, modes } = settings;
    this.directory = settings.directory;
    this.made = JSON.stringify({ prefix, form, modes });
    this.complaints = new Complaints(parts.log);
    this.backOff = new BackOff(PAUSES, parts.random);
    this.writer = new Writer(this.directory, parts.log);
  }

  /**
   * Makes the directory if it is not there, and marks it as taken; where that cannot be, it is tried again before anything is written. Rejects
   * as the file system does if there can be no directory, and with NotTheWriterError if another process writes there.
   */
  async claim(): Promise<void> {
    const { settings, directory, parts } = this;
    await ensureNamedDirectory(directory, settings.modes.directory);
    await this.writer.become().catch((error: unknown) => {
      if (error instanceof NotTheWriterError) throw error;
      const reason = whyNotWritten(error, directory);
      parts.log.warn({ reason }, 'the directory cannot be written to for now; it is tried again');
    });
  }

  /**
   * Claims the directory, removes what a process left that was killed, and takes the state that is there as the one to begin with. Rejects as
   * `claim` does.
   */
  async open(): Promise<void> {
    const { directory, parts } = this;
    await this.claim();
    if (this.writer.isIt) {
      await tidy(directory, await this.disk()).catch((error: unknown) => {
        parts.log.warn({ err: error }, 'what an earlier process left could not be removed; it is tried again');
      });
    }
    const note = await readState(directory).catch((error: unknown) => {
      parts.log.warn({ err: error }, 'what the directory holds cannot be read, so it is not begun with');
      return undefined;
    });
    if (note?.made !== this.made || !(await this.isFoundSeen())) return;
    parts.status.state = note;
    parts.log.info({ directory, index: note.index, keys: note.keys }, 'the last state is still there');
    parts.listener.onState(note.digest);
  }

  /** Others may write to the directory. */
  async close(): Promise<void> {
    await this.writer.leave();
  }

  /** Until the signal is aborted; what goes wrong is said and tried again. Rejects with NotTheWriterError. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const round = await this.round(signal);
      const hasFollowed = round.kind !== 'failed' && (await this.watch(round.index, signal));
      if (hasFollowed) this.backOff.reset();
      else await this.pause(signal);
    }
  }

  /** Until the first listing was written. Resolves with whether one was before the signal was aborted. Rejects with NotTheWriterError. */
  async once(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if ((await this.round(signal)).kind === 'done') return true;
      await this.pause(signal);
    }
    return false;
  }

  private async round(signal: AbortSignal): Promise<Round> {
    const listed = await this.list(signal);
    if (listed === undefined) return { kind: 'failed' };
    const index = listed.kind === 'directory' ? listed.listing.index : listed.index;
    try {
      await this.write(this.listingOf(listed));
      this.complaints.ended('writing', 'the state is written again');
      return { kind: 'done', index };
    } catch (error) {
      if (error instanceof NotTheWriterError) throw error;
      const { counts } = this.parts.status;
      const reason = whyNotWritten(error, this.directory);
      const isRefused = error instanceof RefusedListingError;
      if (isRefused) counts.refused++;
      else counts.notWritten++;
      this.complaints.began('writing', reason, 'what the directory holds stays: the new state cannot be written');
      return isRefused ? { kind: 'refused', index } : { kind: 'failed' };
    }
  }

  private async list(signal: AbortSignal): Promise<Listed | undefined> {
    const { source, status } = this.parts;
    try {
      const listed = await source.list(signal);
      status.counts.listed++;
      this.reached();
      return listed;
    } catch (error) {
      if (signal.aborted) return undefined;
      status.counts.notListed++;
      this.notReached(error);
      return undefined;
    }
  }

  /** @throws RefusedListingError */
  private listingOf(listed: Listed): Listing {
    const { prefix, missing } = this.settings;
    switch (listed.kind) {
      case 'directory':
        return listed.listing;
      case 'key':
        throw new RefusedListingError(
          `${prefix} is a key with a value, not a directory; give the directory that it is in`,
        );
      case 'missing':
        if (missing === 'empty') return { index: listed.index, entries: [] };
        throw new RefusedListingError(
          `there is no directory ${prefix}; make it, or give --missing empty if that is to be no files`,
        );
    }
  }

  private async write(listing: Listing): Promise<void> {
    const { settings, directory, made } = this;
    const { status, clock, log, listener } = this.parts;
    refuseTooMuch(listing, settings.limits);
    const files = planFiles(listing.entries, settings.form);
    const digest = digestOf(files);
    const bytes = files.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
    const state = { index: listing.index, keys: listing.entries.length, bytes, digest };
    if (status.state !== undefined && state.index < status.state.index) {
      const [before, index] = [status.state.index, state.index];
      log.warn({ before, index }, 'the index went back: this is another cluster, or one restored from a copy');
    }
    await this.writer.check();
    if (status.state?.digest !== digest || !(await this.isSeen(topNames(files)))) {
      await this.writer.become();
      const note = noteText({ ...state, made });
      const untidy = await swapIn(directory, { files, note }, await this.disk(), clock.now());
      if (untidy !== undefined)
        log.warn(
          { reason: whyNotWritten(untidy, directory) },
          'the state before could not be removed; it is tried again',
        );
      status.counts.written++;
      log.info({ index: state.index, keys: state.keys, bytes }, 'a new state is there');
    }
    status.state = state;
    status.isFresh = true;
    status.currentAtS = clock.now() / 1000;
    listener.onState(digest);
  }

  /** Whether readers see the state that was found at the start. Rejects with NotTheWriterError. */
  private async isFoundSeen(): Promise<boolean> {
    try {
      return await this.isSeen([]);
    } catch (error) {
      if (error instanceof NotTheWriterError) throw error;
      const reason = whyNotWritten(error, this.directory);
      this.parts.log.warn({ reason }, 'readers do not see all that the directory holds, so it is not begun with');
      return false;
    }
  }

  /**
   * Whether the state that was written last is there with these names at least. Links to it that others removed are put back. Rejects with
   * NotTheWriterError, InTheWayError, or as the file system does.
   */
  private async isSeen(names: readonly string[]): Promise<boolean> {
    const { directory } = this;
    const disk = await this.disk();
    const present = await namesInState(directory, disk);
    if (present === undefined || !names.every((name) => present.has(name))) return false;
    const missing = await namesWithoutLink(directory, [...present], disk);
    if (missing.length === 0) return true;
    await this.writer.become();
    await putLinks(directory, missing, disk);
    await disk.syncDirectory(directory);
    const [example] = missing;
    this.parts.log.warn({ links: missing.length, example }, 'links that somebody had removed are put back');
    return true;
  }

  /** Resolves with false if it could not go on. */
  private async watch(index: number, signal: AbortSignal): Promise<boolean> {
    const { source, clock } = this.parts;
    const { debounce, resyncMs } = this.settings;
    try {
      await followUntilDue(index, { source, clock, bounds: debounce, resyncMs, signal });
      return true;
    } catch (error) {
      if (!signal.aborted) this.notReached(error);
      return false;
    }
  }

  private reached(): void {
    this.parts.status.isConnected = true;
    this.complaints.ended('cluster', 'the cluster answers again');
  }

  private notReached(error: unknown): void {
    this.parts.status.isConnected = false;
    const reason = reasonOf(error);
    this.complaints.began('cluster', reason, 'the cluster cannot be asked; what the directory holds stays');
  }

  private pause(signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = clock.after(signal.aborted ? 0 : this.backOff.nextMs(), done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  private disk(): Promise<Disk> {
    return Disk.at(this.directory, this.settings.modes);
  }
}
