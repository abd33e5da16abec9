/**
 * Bodies of listings that were asked for again while nothing had changed: many clients that look at the same directory, again and again, cost
 * one walk through it for each change. What a body says holds as long as the store index is the same, for every change takes one.
 */
import type { ReadOptions } from '../../../member/types';

/** Shorter ones cost little to make; longer ones, and more than these together, are not kept. */
const LENGTH_MIN = 2048;
const LENGTH_MAX = 4 * 1024 * 1024;
const TOTAL_LENGTH_MAX = 8 * 1024 * 1024;
/** How many listings are known to have been asked for. */
const LISTINGS_MAX = 64;
/** What nobody has asked for in this time is let go. */
const UNUSED_MAX_MS = 10_000;

/** Shows that a time to live is told, which is another one in a moment. Within a value its quotes would be escaped; no piece ends in it. */
const EXPIRATION = ',"expiration":"';

interface Listing {
  /** Of the store, when it was asked for. */
  readonly etcdIndex: number;
  /** Asked for once; being made for somebody who asked again; not to be kept; or what was made. */
  body: 'asked' | 'making' | 'unsuited' | Buffer;
  usedMs: number;
}

export class KeptListings {
  /** By path and options, in the order in which they were first asked for as they are now. */
  private readonly listings = new Map<string, Listing>();
  private totalLength = 0;
  private cleaning: NodeJS.Timeout | undefined;

  /** @param nowMs milliseconds of a clock that only goes on */
  constructor(private readonly nowMs = (): number => performance.now()) {}

  /** The bytes of all bodies: every read looks here first. */
  get length(): number {
    return this.totalLength;
  }

  /** The body that shows what is at `path`, a directory that has children, when the store is at `etcdIndex`. */
  find(path: string, options: ReadOptions, etcdIndex: number): Buffer | undefined {
    const listing = this.listings.get(nameOf(path, options));
    if (listing?.etcdIndex !== etcdIndex || typeof listing.body === 'string') return undefined;
    listing.usedMs = this.nowMs();
    return listing.body;
  }

  /** Gives on what `pieces` give, byte strings, and keeps it if it was asked for before and nothing has changed since. */
  keeping(
    path: string,
    options: ReadOptions,
    etcdIndex: number,
    pieces: Generator<string, void, undefined>,
  ): Generator<string, void, undefined> {
    const name = nameOf(path, options);
    const known = this.listings.get(name);
    if (known?.etcdIndex === etcdIndex) return known.body === 'asked' ? this.kept(name, known, pieces) : pieces;
    this.drop(name);
    this.listings.set(name, { etcdIndex, body: 'asked', usedMs: this.nowMs() });
    if (this.listings.size > LISTINGS_MAX) this.dropOldest();
    return pieces;
  }

  private *kept(
    name: string,
    listing: Listing,
    pieces: Generator<string, void, undefined>,
  ): Generator<string, void, undefined> {
    let parts: Buffer[] | undefined = [];
    let length = 0;
    listing.body = 'making';
    try {
      for (const piece of pieces) {
        length += piece.length;
        if (length > LENGTH_MAX || piece.includes(EXPIRATION)) parts = undefined;
        parts?.push(Buffer.from(piece, 'latin1'));
        yield piece;
      }
      listing.body = 'unsuited';
      if (parts !== undefined && length >= LENGTH_MIN) this.keep(name, listing, Buffer.concat(parts));
    } finally {
      // The client went away: the next one may have it made.
      if (listing.body === 'making') listing.body = parts === undefined ? 'unsuited' : 'asked';
    }
  }

  private keep(name: string, listing: Listing, body: Buffer): void {
    if (this.listings.get(name) !== listing) return;
    listing.body = body;
    listing.usedMs = this.nowMs();
    this.totalLength += body.length;
    while (this.totalLength > TOTAL_LENGTH_MAX) this.dropOldest();
    this.cleaning ??= setInterval(this.clean, UNUSED_MAX_MS).unref();
  }

  private dropOldest(): void {
    const [oldest] = this.listings.keys();
    if (oldest !== undefined) this.drop(oldest);
  }

  private drop(name: string): void {
    const body = this.listings.get(name)?.body;
    this.totalLength -= Buffer.isBuffer(body) ? body.length : 0;
    this.listings.delete(name);
  }

  private readonly clean = (): void => {
    const usedBeforeMs = this.nowMs() - UNUSED_MAX_MS;
    for (const [name, { usedMs }] of this.listings) {
      if (usedMs < usedBeforeMs) this.drop(name);
    }
    if (this.totalLength > 0) return;
    clearInterval(this.cleaning);
    this.cleaning = undefined;
  };
}

function nameOf(path: string, { recursive, sorted }: ReadOptions): string {
  return `${recursive ? 'r' : ''}${sorted ? 's' : ''}${path}`;
}
