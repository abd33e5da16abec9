import type { ListingStep } from './event';
import type { DirectoryNode, TreeNode } from './node';
import { Past } from './past';
import { RunningListing, type Wanted } from './runningListing';

/** Of all that is kept for listings. A client decides how slowly it reads, and others how much is changed meanwhile. */
const PAST_BYTES_MAX = 64 * 1024 * 1024;

/** A listing could not be shown as of one moment any further: there was no room for all that changed since it began. */
export class ListingCutError extends Error {
  override readonly name = 'ListingCutError';
}

/**
 * The listings of a tree that are under way. Whatever changes is told before it does, and kept once, however many listings have to show it
 * as it was. Beyond PAST_BYTES_MAX the listings that began first are cut: they throw, and never show what is of another moment.
 */
export class RunningListings {
  /** The oldest first. */
  private readonly pasts: Past[] = [];
  private underWay = 0;
  private keptBytes = 0;

  /** @param bytesMax of all that is kept */
  constructor(private readonly bytesMax = PAST_BYTES_MAX) {}

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
    const past = new Past();
    if (newest !== undefined) newest.newer = past;
    this.pasts.push(past);
    return past;
  }

  /** Comes before every change of a node's fields. */
  nodeChanges(node: TreeNode): void {
    const newest = this.pasts.at(-1);
    if (newest === undefined || newest.has(node)) return;
    if (!this.isFor((listing) => listing.shows(node))) return;
    this.counted(newest, () => {
      newest.keep(node);
    });
  }

  /** Comes before every change of a directory's children. */
  childrenChange(directory: DirectoryNode): void {
    const newest = this.pasts.at(-1);
    if (newest === undefined || newest.hasChildrenOf(directory)) return;
    if (!this.isFor((listing) => listing.lists(directory))) return;
    this.counted(newest, () => {
      newest.keepChildren(directory);
    });
  }

  private isFor(needs: (listing: RunningListing) => boolean): boolean {
    for (const { listings } of this.pasts) {
      for (const listing of listings) if (needs(listing)) return true;
    }
    return false;
  }

  /** Makes the change, and room for it. */
  private counted(past: Past, change: () => void): void {
    this.keptBytes -= past.bytes;
    change();
    this.keptBytes += past.bytes;
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
  }

  private ended(listing: RunningListing, past: Past): void {
    if (!past.listings.delete(listing)) return;
    this.underWay -= 1;
    if (past.listings.size > 0) return;
    const at = this.pasts.indexOf(past);
    this.pasts.splice(at, 1);
    this.keptBytes -= past.bytes;
    const older = this.pasts[at - 1];
    if (older === undefined) return;
    older.newer = past.newer;
    if (past.isEmpty) return;
    const listings = this.pasts.slice(0, at).flatMap((each) => [...each.listings]);
    this.counted(older, () => {
      older.takeOver(past, listings);
    });
  }
}
