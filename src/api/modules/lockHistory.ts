/** What the history of events still knows of locks. */
import type { KeyEvent } from '../../machine/keyspace/event';
import { isBelow } from '../../machine/keyspace/path';
import type { KeyReader } from '../../member/types';

/** What happened at or below a path, and up to which index it was looked at. */
export interface Past {
  readonly events: readonly KeyEvent[];
  readonly etcdIndex: number;
  /** The history is shorter than what was asked for. */
  readonly isCut: boolean;
}

/** The oldest index there is, in the cause of error 401. */
const OLDEST = /\[(\d+)\/\d+\]$/;

/** Nobody waits for what comes. */
function ignore(): void {
  // The watch is taken back at once.
}

/** @param sinceIndex of the first event that is asked for */
export function pastOf(member: KeyReader, path: string, sinceIndex: number): Past {
  const options = { recursive: true, stream: true };
  const watch = member.watch(path, { ...options, sinceIndex }, ignore);
  if (watch.ok) {
    watch.cancel();
    const events = watch.past.filter(({ node }) => node.key === path || isBelow(node.key, path));
    return { events, etcdIndex: watch.etcdIndex, isCut: false };
  }
  const oldest = Number(OLDEST.exec(watch.cause)?.[1] ?? 0);
  if (oldest <= sinceIndex) return { events: [], etcdIndex: watch.etcdIndex, isCut: true };
  return { ...pastOf(member, path, oldest), isCut: true };
}

/** Whether there was such a lock lately: when nobody has it, nothing of it is left but this. */
export function wasSeen(member: KeyReader, lock: string): boolean {
  return pastOf(member, lock, 1).events.length > 0;
}
