/** What the log says of a clock that cannot be right, as that of a machine without a battery until it has asked for the time. */
import { EXPIRATION_MIN_MS } from '../machine/commandRules';

/** A member begins nevertheless, as etcd does: the clock may be set while it runs. */
export function noteClock(nowMs: number, log: { warn(fields: object, text: string): void }): void {
  if (nowMs >= EXPIRATION_MIN_MS) return;
  log.warn(
    { clock: new Date(nowMs).toISOString() },
    'the clock of this machine is not set: what is written with a TTL stays for good until it is, as in etcd',
  );
}
