/** Told what clients ask for and how long it takes. Called for every request: it has to be quick, and may not throw. */
import type { KeyCommand } from '../machine/command';
import type { AuthRefusal } from './auth/refusal';

/** What a request on the key routes turned out to be. */
export type KeyRequestKind = 'get' | 'quorumGet' | 'watch' | KeyCommand['type'];

/** For the requests of one method and kind. */
export interface KeyRequestObserver {
  /** It was understood and is about to be carried out. */
  received(): void;
  /** A watch never gets here: how long it waits says nothing. */
  succeeded(elapsedMs: number): void;
  /** @param status the HTTP status of the error */
  failed(status: number, elapsedMs: number): void;
}

export interface ApiObserver {
  /** Milliseconds of a clock that never goes back. */
  nowMs(): number;
  /** Always the same object for the same method and kind. */
  keyRequest(method: string, kind: KeyRequestKind): KeyRequestObserver;
  /** @param stream it goes on after its first event */
  watchOpened(stream: boolean): void;
  watchClosed(stream: boolean): void;
  watchEventSent(): void;
  healthChecked(healthy: boolean): void;
  /** A request was not carried out for want of a right. */
  accessRefused(reason: AuthRefusal): void;
}

function ignore(): void {
  // Nobody wants to know.
}

/** For requests that nobody watches. */
export const UNSEEN: KeyRequestObserver = { received: ignore, succeeded: ignore, failed: ignore };

/** For an API that nobody watches. */
export const NO_OBSERVER: ApiObserver = {
  nowMs: () => 0,
  keyRequest: () => UNSEEN,
  watchOpened: ignore,
  watchClosed: ignore,
  watchEventSent: ignore,
  healthChecked: ignore,
  accessRefused: ignore,
};
