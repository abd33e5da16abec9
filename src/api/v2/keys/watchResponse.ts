/** One waiting client: registers the watch, hands its events to the socket, and ends with it. */
import type { ServerResponse } from 'node:http';
import type { KeyError, KeyEvent } from '../../../machine/keyspace/event';
import type { Member, Watch, WatchOptions } from '../../../member/types';
import type { ApiObserver } from '../../observer';
import { NO_OBSERVER } from '../../observer';
import { writeWatchHead } from './answer';
import { watchedEventJson } from './eventJson';

/** What may wait for a slow reader, in bytes, before it is cut off. One event of any size always may. */
const BACKLOG_MAX_BYTES = 4 * 1024 * 1024;

/** The watches that are open now, so that a server that stops can end them. */
export class OpenWatches {
  private readonly open = new Set<WatchResponse>();

  constructor(readonly observer: ApiObserver = NO_OBSERVER) {}

  get size(): number {
    return this.open.size;
  }

  add(watch: WatchResponse): void {
    this.open.add(watch);
    this.observer.watchOpened(watch.options.stream);
  }

  delete(watch: WatchResponse): void {
    if (this.open.delete(watch)) this.observer.watchClosed(watch.options.stream);
  }

  /** Ends every answer as it is: a watch without an event yet has an empty body. */
  endAll(): void {
    for (const watch of [...this.open]) watch.end();
  }
}

export class WatchResponse {
  private watch: Watch | undefined;
  private ended = false;
  /** Events of the past that the socket has not taken yet, from `pastPosition` on. */
  private past: readonly KeyEvent[] = [];
  private pastPosition = 0;
  /** Texts that came while the socket was full. */
  private backlog: string[] = [];
  private backlogBytes = 0;

  constructor(
    private readonly member: Member,
    private readonly response: ServerResponse,
    readonly options: WatchOptions,
    private readonly openWatches: OpenWatches,
  ) {}

  /** Registers the watch and answers with its headers at once. Returns the refusal, unanswered, if there is one. */
  start(path: string): KeyError | undefined {
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
    if (this.options.stream) this.response.on('drain', () => this.flush());
    this.flush();
    return undefined;
  }

  /** Ends the answer cleanly; what the socket has not taken yet is still written. */
  end(): void {
    if (this.ended) return;
    this.close();
    this.response.end();
  }

  private onEvent(event: KeyEvent | undefined): void {
    if (this.ended) return;
    if (event === undefined) this.end();
    else this.send(watchedEventJson(event));
  }

  private send(json: string): void {
    this.openWatches.observer.watchEventSent();
    if (!this.options.stream) {
      this.close();
      this.response.end(json, 'latin1');
    } else if (this.isIdle() && this.response.writableLength < BACKLOG_MAX_BYTES) {
      this.response.write(json, 'latin1');
    } else if (this.backlogBytes === 0 || this.backlogBytes + json.length <= BACKLOG_MAX_BYTES) {
      this.backlog.push(json);
      this.backlogBytes += json.length;
    } else {
      this.close();
      this.response.destroy();
    }
  }

  /** Nothing of the past or of the backlog has to go first. */
  private isIdle(): boolean {
    return this.pastPosition >= this.past.length && this.backlog.length === 0;
  }

  /** Writes what waits, oldest first, as far as the socket takes it. */
  private flush(): void {
    for (let event = this.past[this.pastPosition]; event !== undefined && !this.ended;) {
      if (this.response.writableNeedDrain) return;
      this.pastPosition += 1;
      const json = watchedEventJson(event);
      event = this.past[this.pastPosition];
      if (this.options.stream) {
        this.openWatches.observer.watchEventSent();
        this.response.write(json, 'latin1');
      } else {
        this.send(json);
      }
    }
    if (this.ended || this.response.writableNeedDrain) return;
    const waiting = this.backlog.join('');
    this.backlog = [];
    this.backlogBytes = 0;
    if (waiting !== '') this.response.write(waiting, 'latin1');
  }

  private close(): void {
    this.ended = true;
    this.openWatches.delete(this);
    this.watch?.cancel();
    this.past = [];
    this.backlog = [];
  }
}
