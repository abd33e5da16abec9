import type { ListingStep } from './event';
import type { DirectoryNode, TreeNode } from './node';
import { Past } from './past';
import { RunningListing, type Wanted } from './runningListing';

/** Of all that is kept for listings. A client decides how slowly it reads, and others how much is changed meanwhile. */
const PAST_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Of what was kept for listings that are over: so much goes to those that began before with each change, and with each end of a listing. There
 * may be 200,000 such things, and a thousand clients may go at once.
 */
const HANDED_OVER = 4;

/** Two pasts without listings are made one where one of them has no more than this: some tenths of a millisecond. */
const JOINED_MAX = 1000;

/** A listing could not be shown as of one moment any further: there was no room for all that changed since it began. */
export class ListingCutError extends Error {
  override readonly name = 'ListingCutError';
}

/**
 * The listings of a tree that are under way. Whatever changes is told before it does, and kept once, however many listings have to show it
 * as it was. Beyond PAST_BYTES_MAX the listings that began first are cut: they throw, and never show what is of another moment.
 */
export class RunningListings {
  /** The oldest first: one with listings, if there is any. Others may have none any more (handOver). */
  private readonly pasts: Past[] = [];
  private underWay = 0;
  private keptBytes = 0;
  private moments = 0;
  /** Whether there may be a past without listings. */
  private hasToHandOver = false;

  /** @param bytesMax of all that is kept */
  constructor(
    private readonly bytesMax = PAST_BYTES_MAX,
    private readonly handedOver = HANDED_OVER,
  ) {}

  get count(): number {
    return this.underWay;
  }

  /** About what is kept, in bytes. */
  get bytes(): number {
    return this.keptBytes;
  }

  /**
   * What is wanted, as it is now, a step at a time; see Tree.list.
   * @throws ListingCutError from a step, if it was cut before
   */
  begin(wanted: Wanted): Generator<ListingStep, void, undefined> {
    const steps = this.run(wanted);
    // From here on `return` reaches it.
    steps.next();
    return steps;
  }

  private *run(wanted: Wanted): Generator<ListingStep, void, undefined> {
    const past = this.pastFromNow();
    const listing = new RunningListing(wanted, past);
    past.listings.add(listing);
    this.underWay += 1;
    try {
      yield* listing.steps;
      // One that was stopped has come to its end, too.
      if (!past.listings.has(listing))
        throw new ListingCutError('a listing was cut: more was changed while its client read it than is kept');
    } finally {
      this.ended(listing, past);
    }
  }

  /** Where nothing was kept since the last listing began, that moment is as good as this one. */
  private pastFromNow(): Past {
    const newest = this.pasts.at(-1);
    if (newest?.isEmpty === true) return newest;
    this.moments += 1;
    const past = new Past(this.moments);
    if (newest !== undefined) newest.newer = past;
    this.pasts.push(past);
    return past;
  }

  /** Comes before every change of a node's fields. */
  nodeChanges(node: TreeNode): void {
    this.handOver();
    const newest = this.pasts.at(-1);
    if (newest === undefined || newest.has(node)) return;
    const since = this.firstThat((listing) => listing.shows(node));
    if (since === undefined) return;
    this.counted(newest, () => {
      newest.keep(node, since);
    });
  }

  /** Comes before every change of a directory's children. */
  childrenChange(directory: DirectoryNode): void {
    this.handOver();
    const newest = this.pasts.at(-1);
    if (newest === undefined || newest.hasChildrenOf(directory)) return;
    const since = this.firstThat((listing) => listing.lists(directory));
    if (since === undefined) return;
    this.counted(newest, () => {
      newest.keepChildren(directory, since);
    });
  }

  /** The moment at which the first listing began that needs something as it is now: none that does not will ever need it. */
  private firstThat(needs: (listing: RunningListing) => boolean): number | undefined {
    for (const { listings, moment } of this.pasts) {
      for (const listing of listings) if (needs(listing)) return moment;
    }
    return undefined;
  }

  /** Makes the change, and room for it. */
  private counted(past: Past, change: () => void): void {
    this.keptBytes -= past.bytes;
    change();
    this.keptBytes += past.bytes;
    // Nobody is cut for the sake of what only those needed that are over.
    while (this.keptBytes > this.bytesMax && this.hasToHandOver) this.handOver(Number.POSITIVE_INFINITY);
    while (this.keptBytes > this.bytesMax) this.cutOldest();
  }

  private cutOldest(): void {
    const oldest = this.pasts.shift();
    if (oldest === undefined) return;
    this.keptBytes -= oldest.bytes;
    this.underWay -= oldest.listings.size;
    for (const listing of oldest.listings) listing.stop();
    oldest.listings.clear();
    // Its clients may take long to come back.
    oldest.clear();
    this.dropUnneeded();
  }

  private ended(listing: RunningListing, past: Past): void {
    if (!past.listings.delete(listing)) return;
    this.underWay -= 1;
    if (past.listings.size > 0) return;
    this.dropUnneeded();
    this.joinWithNext(this.pasts.indexOf(past));
    this.joinWithNext(this.pasts.indexOf(past) - 1);
    this.hasToHandOver = true;
    this.handOver();
  }

  /** Short listings come and go while there is much to hand over: what each leaves would stand in the way of all that look things up. */
  private joinWithNext(at: number): void {
    const [older, newer] = [this.pasts[at], this.pasts[at + 1]];
    if (older === undefined || newer === undefined || older.listings.size + newer.listings.size > 0) return;
    if (Math.min(older.size, newer.size) > JOINED_MAX) return;
    this.keptBytes -= older.bytes + newer.bytes;
    const [into, gone] = newer.size > older.size ? [newer, older] : [older, newer];
    if (into === older) older.absorbNewer(newer);
    else newer.absorbOlder(older);
    this.keptBytes += into.bytes;
    this.pasts.splice(this.pasts.indexOf(gone), 1);
    const before = this.pasts[this.pasts.indexOf(into) - 1];
    if (before !== undefined) before.newer = into;
  }

  /** What is older than every listing. */
  private dropUnneeded(): void {
    const first = this.pasts.findIndex(({ listings }) => listings.size > 0);
    for (const { bytes } of this.pasts.splice(0, first < 0 ? this.pasts.length : first)) this.keptBytes -= bytes;
  }

  /**
   * A past whose listings are over goes into the one before it, little by little, the oldest such first: nothing is kept twice for long, and
   * nothing that only they needed, however long those last that began before.
   */
  private handOver(count = this.handedOver): void {
    if (!this.hasToHandOver) return;
    const at = this.pasts.findIndex(({ listings }) => listings.size === 0);
    const [older, past] = [this.pasts[at - 1], this.pasts[at]];
    this.hasToHandOver = older !== undefined && past !== undefined;
    if (older === undefined || past === undefined) return;
    this.keptBytes -= older.bytes + past.bytes;
    past.handOver(older, count);
    this.keptBytes += older.bytes + past.bytes;
    if (!past.isEmpty) return;
    older.newer = past.newer;
    this.pasts.splice(at, 1);
  }
}
