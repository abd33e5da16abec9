/** One waiting client: registers the watch, hands its events to the socket as fast as it takes them, and ends with it. */
import type { Socket } from 'node:net';
import type { KeyError, KeyEvent } from '../../../machine/keyspace/event';
import type { KeyReader, Watch, WatchOptions } from '../../../member/types';
import type { KeyGrant } from '../../auth/guard';
import type { Outgoing } from '../../http/outgoing';
import type { ApiObserver } from '../../observer';
import { NO_OBSERVER } from '../../observer';
import { Turns } from '../../turns';
import { writeWatchHead } from './answer';
import type { EventText } from './eventJson';
import { watchedEventText } from './eventJson';

/**
 * A burst may be of any size, and a reader may take its time; who is behind by more than this has to take some of it within
 * `STUCK_MAX_MS`, and to come below it within `BEHIND_MAX_MS`. Texts of events are shared by all who wait for them.
 * This is looked at when an event comes; an answer of which nothing is taken is cut by connection/connection.ts in any case.
 */
export const BEHIND_MAX_BYTES = 8 * 1024 * 1024;
const STUCK_MAX_MS = 10_000;
const BEHIND_MAX_MS = 60_000;

const NEVER = (): boolean => false;

/** A client that waits for an event. */
export interface OpenWatch {
  readonly options: Pick<WatchOptions, 'stream'>;
  /** Breaks the answer off, so that the client knows that it is not whole. */
  cut(): void;
  /** The same, if its right is gone. */
  cutIfDenied(): void;
}

/** The watches that are open now, so that a server that stops can cut them. */
export class OpenWatches {
  private readonly open = new Set<OpenWatch>();
  /** For all long answers of the same server. */
  readonly turns = new Turns();

  /**
   * @param nowMs milliseconds of a clock that only goes on
   * @param behindBytesMax by more than this a watcher may not be behind for long
   */
  constructor(
    readonly observer: ApiObserver = NO_OBSERVER,
    readonly nowMs = (): number => performance.now(),
    readonly behindBytesMax = BEHIND_MAX_BYTES,
  ) {}

  get size(): number {
    return this.open.size;
  }

  add(watch: OpenWatch): void {
    this.open.add(watch);
    this.observer.watchOpened(watch.options.stream);
  }

  delete(watch: OpenWatch): void {
    if (this.open.delete(watch)) this.observer.watchClosed(watch.options.stream);
  }

  /** Cuts the answers to those who may no longer read what they wait for: a slice in a turn, as there may be many. */
  cutDenied(): void {
    const left = [...this.open].values();
    this.turns.add((isOver) => {
      do {
        const { value: watch } = left.next();
        if (watch === undefined) return false;
        watch.cutIfDenied();
      } while (!isOver());
      return true;
    });
  }

  /** Cuts every answer: a client must not take the end of the server for the answer to its watch. */
  cutAll(): void {
    for (const watch of [...this.open]) watch.cut();
  }
}

export class WatchResponse implements OpenWatch {
  private watch: Watch | undefined;
  private socket: Socket | null = null;
  /** No event is waited for any more. */
  private isOver = false;
  /** Events of the past that were not written yet, from `pastPosition` on. */
  private past: readonly KeyEvent[] = [];
  private pastPosition = 0;
  /** The texts of later ones, from `waitingPosition` on. */
  private waiting: (EventText | undefined)[] = [];
  private waitingPosition = 0;
  private waitingBytes = 0;
  /** The text that is being written, from the piece at `piecePosition` on. */
  private text: EventText | undefined;
  private piecePosition = 0;
  private isScheduled = false;
  /** When something was last written, and since when too much waits. */
  private writtenMs = 0;
  private behindSinceMs: number | undefined;

  constructor(
    private readonly member: KeyReader,
    private readonly response: Outgoing,
    private readonly grant: KeyGrant,
    readonly options: WatchOptions,
    private readonly openWatches: OpenWatches,
  ) {}

  /** Registers the watch and answers with its headers at once. Returns the refusal, unanswered, if there is one. */
  start(path: string): KeyError | undefined {
    // Its client went away while its password was checked: nothing would ever end the watch.
    if (this.response.closed) return undefined;
    const watch = this.member.watch(path, this.options, (event) => {
      this.onEvent(event);
    });
    if (!watch.ok) return watch;
    this.watch = watch;
    this.openWatches.add(this);
    this.response.on('close', () => {
      this.close();
    });
    writeWatchHead(this.response, this.member, watch.etcdIndex);
    this.past = watch.past;
    this.response.on('drain', () => {
      this.schedule();
    });
    this.socket = this.response.socket;
    if (!watch.past.every((event) => this.grant.mayShow(event))) {
      this.cut();
      return undefined;
    }
    this.socket?.once('end', this.onHalfClosed);
    this.flush(NEVER);
    if (this.socket?.readableEnded === true) this.onHalfClosed();
    return undefined;
  }

  /** Breaks the answer off if its right is gone. */
  cutIfDenied(): void {
    if (!this.grant.holds()) this.cut();
  }

  /** Breaks the answer off, behind what was written, so that the client knows that it is not whole. */
  cut(): void {
    if (this.response.closed) return;
    const { socket } = this.response;
    this.close();
    socket?.destroySoon();
  }

  private onEvent(event: KeyEvent | undefined): void {
    if (this.isOver) return;
    if (event === undefined || !this.mayShow(event)) this.cut();
    else this.send(watchedEventText(event));
  }

  private mayShow(event: KeyEvent): boolean {
    return this.grant.holds() && this.grant.mayShow(event);
  }

  private send(text: EventText): void {
    const isIdle = this.isAllWritten() && !this.response.writableNeedDrain;
    const json = text.whole;
    if (isIdle && json !== undefined) {
      this.openWatches.observer.watchEventSent();
      if (this.options.stream) {
        this.response.write(json, 'latin1');
      } else {
        this.stopWaiting();
        this.response.end(json, 'latin1');
      }
      return;
    }
    this.waiting.push(text);
    this.waitingBytes += text.length;
    if (!this.options.stream) this.stopWaiting();
    if (isIdle) this.schedule();
    else if (this.isTooSlow()) this.destroy();
  }

  private isAllWritten(): boolean {
    return (
      this.text === undefined && this.pastPosition >= this.past.length && this.waitingPosition >= this.waiting.length
    );
  }

  private isTooSlow(): boolean {
    if (this.waitingBytes <= this.openWatches.behindBytesMax) return false;
    const nowMs = this.openWatches.nowMs();
    if (this.behindSinceMs === undefined) {
      this.behindSinceMs = nowMs;
      this.writtenMs = nowMs;
    }
    return nowMs - this.writtenMs >= STUCK_MAX_MS || nowMs - this.behindSinceMs >= BEHIND_MAX_MS;
  }

  /** Large events to many watchers are long work: they get their turns with all others of the server. */
  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.openWatches.turns.add(this.work);
  }

  private readonly work = (isTurnOver: () => boolean): boolean => {
    this.isScheduled = this.flush(isTurnOver);
    return this.isScheduled;
  };

  /** Writes what waits, oldest first, as far as the socket takes it; true if it would take more now. */
  private flush(isTurnOver: () => boolean): boolean {
    const canGoOn = this.writeSome(isTurnOver);
    this.noteProgress();
    return canGoOn;
  }

  private writeSome(isTurnOver: () => boolean): boolean {
    while (!this.response.closed && !this.response.writableEnded && !this.response.writableNeedDrain) {
      if (this.text === undefined) {
        this.text = this.nextText();
        this.piecePosition = 0;
        if (this.text === undefined) {
          if (this.isOver) this.response.end();
          return false;
        }
        this.openWatches.observer.watchEventSent();
      }
      const piece = this.text.piece(this.piecePosition);
      this.piecePosition += 1;
      if (piece === undefined) this.text = undefined;
      else this.response.write(piece, 'latin1');
      if (isTurnOver()) return true;
    }
    return false;
  }

  private noteProgress(): void {
    if (this.behindSinceMs === undefined) return;
    this.writtenMs = this.openWatches.nowMs();
    if (this.waitingBytes <= this.openWatches.behindBytesMax) this.behindSinceMs = undefined;
  }

  private nextText(): EventText | undefined {
    const event = this.past[this.pastPosition];
    if (event !== undefined) {
      this.pastPosition += 1;
      if (!this.options.stream) {
        this.stopWaiting();
        this.past = [];
      }
      return watchedEventText(event);
    }
    this.past = [];
    const text = this.waiting[this.waitingPosition];
    if (text === undefined) {
      this.waiting = [];
      this.waitingPosition = 0;
      return undefined;
    }
    this.waiting[this.waitingPosition] = undefined;
    this.waitingPosition += 1;
    this.waitingBytes -= text.length;
    return text;
  }

  /** As etcd: whoever closes its half of the connection waits for no event any more, and gets a whole answer of what there was. */
  private readonly onHalfClosed = (): void => {
    this.stopWaiting();
    this.schedule();
  };

  private stopWaiting(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.openWatches.delete(this);
    this.watch?.cancel();
  }

  private close(): void {
    this.stopWaiting();
    this.socket?.removeListener('end', this.onHalfClosed);
    this.past = [];
    this.waiting = [];
    this.text = undefined;
  }

  private destroy(): void {
    this.close();
    this.response.destroy();
  }
}
