/** What the links need from outside: time, chance and a logger. The member's clock and a pino logger fit as they are. */
import type { Duplex } from 'node:stream';

export type Cancel = () => void;

export interface PeerClock {
  /** Milliseconds since 1970; what clock differences are measured with. */
  now(): number;
  /** Calls `run` again and again until cancelled. */
  every(intervalMs: number, run: () => void): Cancel;
  /** Calls `run` once unless cancelled before. */
  after(delayMs: number, run: () => void): Cancel;
}

/** A number in [0, 1). */
export type Random = () => number;

type LogMethod = (fields: object, message: string) => void;

export interface PeerLogger {
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

/** Opens a byte stream to the host of a URL; may still be connecting. The place where TLS comes in. */
export type Dial = (url: URL) => Duplex;
