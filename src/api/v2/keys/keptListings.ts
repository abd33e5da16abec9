/**
 * Bodies of listings that were asked for again while nothing below their directory had changed: many clients that look at the same one, again
 * and again, cost one walk through it for each change there. Every change takes a store index, and the history says where it was.
 */
import type { KeyReader, ReadOptions } from '../../../member/types';
import { KeptBody } from './keptBody';

/** Shorter ones cost little to make; longer ones are not kept. */
const LENGTH_MIN = 2048;
const LENGTH_MAX = 4 * 1024 * 1024;
/** Of all bodies: those that are kept, that are being made, and that are still being sent to somebody. */
const TOTAL_LENGTH_MAX = 8 * 1024 * 1024;
/** How many listings are known to have been asked for. */
const LISTINGS_MAX = 64;
/** What nobody has asked for in this time is let go. */
const UNUSED_MAX_MS = 10_000;

/** A body comes as fast as its client takes it; of one that has not grown for so long another client may have it made. */
const STALLED_MS = 100;

/** Shows that a time to live is told, which is another one in a moment. Within a value its quotes would be escaped; no piece ends in it. */
const EXPIRATION = ',"expiration":"';

/** The keys, as they are now. */
export type ListedKeys = Pick<KeyReader, 'indexes' | 'isUnchanged'>;

interface Listing {
  /** Of the store; up to this one nothing changed since it was asked for first. */
  etcdIndex: number;
  /** Asked for once; being made for somebody who asked again; not to be kept; or what was made. */
  body: 'asked' | Collected | 'unsuited' | KeptBody;
  usedMs: number;
}

/** What is to be a body. */
interface Collected {
  parts: Buffer[];
  length: number;
  /** When the last part came. */
  grownMs: number;
  /** It will not be one. */
  isOver: boolean;
}

export class KeptListings {
  /** By path and options, in the order in which they were first asked for as they are now. */
  private readonly listings = new Map<string, Listing>();
  private keptCount = 0;
  private totalLength = 0;
  private cleaning: NodeJS.Timeout | undefined;

  /** @param nowMs milliseconds of a clock that only goes on */
  constructor(private readonly nowMs = (): number => performance.now()) {}

  /** How many bodies there are to be found: every read looks here first. */
  get count(): number {
    return this.keptCount;
  }

  /** The bytes of all bodies that there are; see TOTAL_LENGTH_MAX. */
  get length(): number {
    return this.totalLength;
  }

  /** The body that shows what is at `path`, a directory that has children. */
  find(path: string, options: ReadOptions, keys: ListedKeys): KeptBody | undefined {
    const listing = this.listings.get(nameOf(path, options));
    if (!(listing?.body instanceof KeptBody) || !holds(listing, path, keys)) return undefined;
    listing.usedMs = this.nowMs();
    return listing.body;
  }

  /** Gives on what `pieces` give, byte strings, and keeps it if it was asked for before and nothing there has changed since. */
  keeping(
    path: string,
    options: ReadOptions,
    keys: ListedKeys,
    pieces: Generator<string, void, undefined>,
  ): Generator<string, void, undefined> {
    const name = nameOf(path, options);
    const known = this.listings.get(name);
    if (known !== undefined && holds(known, path, keys)) {
      this.takeOverStalled(known);
      return known.body === 'asked' ? this.kept(name, known, pieces) : pieces;
    }
    this.drop(name);
    this.listings.set(name, { etcdIndex: keys.indexes().etcdIndex, body: 'asked', usedMs: this.nowMs() });
    if (this.listings.size > LISTINGS_MAX) this.dropOldest();
    return pieces;
  }

  private *kept(
    name: string,
    listing: Listing,
    pieces: Generator<string, void, undefined>,
  ): Generator<string, void, undefined> {
    const collected: Collected = { parts: [], length: 0, grownMs: this.nowMs(), isOver: false };
    listing.body = collected;
    try {
      for (const piece of pieces) {
        if (!collected.isOver) this.collect(collected, name, listing, piece);
        yield piece;
      }
      if (listing.body !== collected) return;
      const isWanted = collected.length >= LENGTH_MIN && this.listings.get(name) === listing;
      if (isWanted) this.keep(listing, Buffer.concat(collected.parts));
      else listing.body = 'unsuited';
    } finally {
      // The client went away: the next one may have it made.
      if (listing.body === collected) listing.body = collected.isOver ? 'unsuited' : 'asked';
      this.giveUp(collected);
    }
  }

  /** Lets another client have it made if the one that it is made for takes its time. */
  private takeOverStalled(listing: Listing): void {
    const { body } = listing;
    if (typeof body === 'string' || body instanceof KeptBody) return;
    if (body.isOver || this.nowMs() - body.grownMs <= STALLED_MS) return;
    this.giveUp(body);
    listing.body = 'asked';
  }

  private collect(collected: Collected, name: string, listing: Listing, piece: string): void {
    collected.grownMs = this.nowMs();
    const isWanted = this.listings.get(name) === listing && !piece.includes(EXPIRATION);
    if (!isWanted || collected.length + piece.length > LENGTH_MAX || !this.makeRoom(piece.length)) {
      this.giveUp(collected);
      return;
    }
    this.totalLength += piece.length;
    collected.length += piece.length;
    collected.parts.push(Buffer.from(piece, 'latin1'));
  }

  private giveUp(collected: Collected): void {
    this.totalLength -= collected.length;
    Object.assign(collected, { parts: [], length: 0, isOver: true });
  }

  private keep(listing: Listing, bytes: Buffer): void {
    this.totalLength += bytes.length;
    listing.body = new KeptBody(bytes, () => {
      this.totalLength -= bytes.length;
    });
    listing.usedMs = this.nowMs();
    this.keptCount += 1;
    this.cleaning ??= setInterval(this.clean, UNUSED_MAX_MS).unref();
  }

  /** Lets go of older bodies until there is room for so much; false if there is none. */
  private makeRoom(length: number): boolean {
    for (const [name, listing] of this.listings) {
      if (this.totalLength + length <= TOTAL_LENGTH_MAX) return true;
      this.takeOverStalled(listing);
      if (listing.body instanceof KeptBody) this.drop(name);
    }
    return this.totalLength + length <= TOTAL_LENGTH_MAX;
  }

  private dropOldest(): void {
    const [oldest] = this.listings.keys();
    if (oldest !== undefined) this.drop(oldest);
  }

  private drop(name: string): void {
    const body = this.listings.get(name)?.body;
    this.listings.delete(name);
    if (!(body instanceof KeptBody)) return;
    this.keptCount -= 1;
    body.drop();
  }

  private readonly clean = (): void => {
    const usedBeforeMs = this.nowMs() - UNUSED_MAX_MS;
    for (const [name, { usedMs }] of this.listings) {
      if (usedMs < usedBeforeMs) this.drop(name);
    }
    if (this.keptCount > 0) return;
    clearInterval(this.cleaning);
    this.cleaning = undefined;
  };
}

/** Whether nothing there has changed; each change is looked at once. */
function holds(listing: Listing, path: string, keys: ListedKeys): boolean {
  const { etcdIndex } = keys.indexes();
  if (listing.etcdIndex === etcdIndex) return true;
  if (!keys.isUnchanged(path, listing.etcdIndex)) return false;
  listing.etcdIndex = etcdIndex;
  return true;
}

function nameOf(path: string, { recursive, sorted }: ReadOptions): string {
  return `${recursive ? 'r' : ''}${sorted ? 's' : ''}${path}`;
}
