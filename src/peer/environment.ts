/** What the links need from outside. */
import type { Clock } from '../platform/clock';

/** `now`: what clock differences are measured with. */
export type PeerClock = Pick<Clock, 'now' | 'every' | 'after'>;

type LogMethod = (fields: object, message: string) => void;

/** A pino logger fits. */
export interface PeerLogger {
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}
