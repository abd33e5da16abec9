/** One client that waits for one change. Nothing is sent before there is one, so that its status can still say why there is none. */
import type { ServerResponse } from 'node:http';
import type { KeyError, KeyEvent } from '../../machine/keyspace/event';
import type { KeyReader, Watch } from '../../member/types';
import type { KeyGrant } from '../auth/guard';
import type { OpenWatch, OpenWatches } from '../v2/keys/watchResponse';

export class V1Watch implements OpenWatch {
  readonly options = { stream: false };
  private watch: Watch | undefined;

  constructor(
    private readonly member: KeyReader,
    private readonly response: ServerResponse,
    private readonly grant: KeyGrant,
    private readonly openWatches: OpenWatches,
    private readonly send: (event: KeyEvent) => void,
  ) {}

  /**
   * @param sinceIndex 0: from the next change on
   * @returns the refusal, unanswered, if there is one
   */
  start(path: string, sinceIndex: number): KeyError | undefined {
    // Its client went away while its password was checked: nothing would ever end the watch.
    if (this.response.closed) return undefined;
    const options = { recursive: true, stream: false, sinceIndex };
    const watch = this.member.watch(path, options, (event) => {
      this.onEvent(event);
    });
    if (!watch.ok) return watch;
    this.watch = watch;
    this.openWatches.add(this);
    this.response.once('close', () => {
      this.stopWaiting();
    });
    const [past] = watch.past;
    if (past !== undefined) {
      this.onEvent(past);
      return undefined;
    }
    // Whoever closes its half of the connection waits for no event any more, as in v2; it may be all that is seen of one who has gone.
    const { socket } = this.response;
    socket?.once('end', this.onHalfClosed);
    if (socket?.readableEnded === true) this.cut();
    return undefined;
  }

  cut(): void {
    this.stopWaiting();
    this.response.socket?.destroySoon();
  }

  cutIfDenied(): void {
    if (!this.grant.holds()) this.cut();
  }

  private onEvent(event: KeyEvent | undefined): void {
    if (this.watch === undefined) return;
    if (event === undefined || !this.grant.holds() || !this.grant.mayShow(event)) {
      this.cut();
      return;
    }
    this.stopWaiting();
    this.openWatches.observer.watchEventSent();
    this.send(event);
  }

  private readonly onHalfClosed = (): void => {
    this.cut();
  };

  private stopWaiting(): void {
    if (this.watch === undefined) return;
    this.response.socket?.removeListener('end', this.onHalfClosed);
    this.openWatches.delete(this);
    this.watch.cancel();
    this.watch = undefined;
  }
}
