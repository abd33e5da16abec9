/** The writes that a lock is made of, and what follows from what comes of them. Pure. */
import type { CompareAndDeleteCommand, CompareAndSwapCommand, CreateCommand } from '../../machine/command';
import type { DeleteCommand } from '../../machine/command';
import type { Action, KeyError, KeyEvent } from '../../machine/keyspace/event';
import { expirationOf } from '../v2/keys/writeCommand';
import type { Place } from './lockQueue';

/** What the node of who gave no value holds. It is nobody's name: who waits without a value waits for himself. */
export const ANONYMOUS = '-';

/** For so long the node of a waiting client is there without its member saying that it still waits. */
export const WAITING_TTL_SECONDS = 15;

/** The last place in the queue. It has a short life until the lock is had, whatever TTL is asked for: a client that waits may die. */
export function queueCommand(lock: string, value: string, nowMs: number): CreateCommand {
  const expirationMs = expirationOf(WAITING_TTL_SECONDS, nowMs);
  return { type: 'create', path: lock, nowMs, dir: false, value, expirationMs, inOrder: true };
}

/**
 * A waiting client is still there. Only if nobody wrote the node since it was seen waiting: it may have got the lock meanwhile, and its
 * TTL with it.
 */
export function stayCommand(key: string, seenIndex: number, nowMs: number): CompareAndSwapCommand {
  const expirationMs = expirationOf(WAITING_TTL_SECONDS, nowMs);
  const compared = { prevValue: '', prevIndex: BigInt(seenIndex) };
  return { type: 'compareAndSwap', path: key, nowMs, value: '', expirationMs, refresh: true, ...compared };
}

/**
 * The TTL of who has the lock begins, or begins anew: only of that place, and never of a directory, which is another lock of which this
 * one's name is the beginning. A place keeps its value for as long as it is there.
 */
export function holdCommand(place: Place, ttlSeconds: number, nowMs: number): CompareAndSwapCommand {
  const expirationMs = expirationOf(ttlSeconds, nowMs);
  const compared = { prevValue: place.value, prevIndex: 0n };
  return { type: 'compareAndSwap', path: place.key, nowMs, value: '', expirationMs, refresh: true, ...compared };
}

/** A client takes a node out of the queue, its own or another's. */
export function releaseCommand(key: string, nowMs: number): DeleteCommand {
  return { type: 'delete', path: key, nowMs, dir: false, recursive: false };
}

/** A client that waited has gone. Told from a release by its action; see `afterLoss`. */
export function leaveCommand(place: Place, seenIndex: number | undefined, nowMs: number): CompareAndDeleteCommand {
  const compared =
    seenIndex === undefined
      ? { prevValue: place.value, prevIndex: 0n }
      : { prevValue: '', prevIndex: BigInt(seenIndex) };
  return { type: 'compareAndDelete', path: place.key, nowMs, ...compared };
}

/** A directory that no lock needs any more; refused by the key space as long as there is something in it. */
export function tidyCommand(directory: string, nowMs: number): DeleteCommand {
  return { type: 'delete', path: directory, nowMs, dir: true, recursive: false };
}

/** What is there now is no place of the queue: it was written by hand, or is the directory of another lock. */
export function isAnother(changed: KeyEvent | KeyError): boolean {
  return !changed.ok && (changed.code === 101 || changed.code === 102);
}

/**
 * What a client does that waited for a node which is gone. If somebody released it, that was meant for the client too. Otherwise it
 * asks again: its own member could not keep the node alive, or another client with the same value, at another member, had made it
 * and hung up.
 */
export function afterLoss(action: Action): 'askAgain' | 'end' {
  return action === 'expire' || action === 'compareAndDelete' ? 'askAgain' : 'end';
}

/**
 * Whether nobody else has been told that he has the lock by this node: it was last written before it was first in the queue.
 *
 * @param firstSinceIndex see LockQueue
 */
export function isOnlyHolder(held: KeyEvent, firstSinceIndex: number): boolean {
  return held.prevNode !== undefined && held.prevNode.modifiedIndex <= firstSinceIndex;
}
