/**
 * Who waits for a place in the cluster, as this member knows it. Whoever reaches a peer port without TLS can say that he does, as often
 * and under as many URLs as he likes. So what is only said is a claim: few of a source, asked back soon and in turns, and forgotten unless
 * somebody answers there who waits for this cluster. Whoever did answer is known, and no claim pushes him out.
 */

/** Of all claims and of all that are known: many times the standbys that a cluster has. */
const PLACES = 100;
/** Of one source: one that answers is enough for a member to make way. */
const PLACES_OF_SOURCE = 8;
/** Asked at once: no member is made to knock on more doors. */
const ASKED_MAX = 8;
/** Of one source: doors at which nobody answers hold nobody else up. */
const ASKED_OF_SOURCE = 2;

interface Place {
  readonly url: string;
  /** Where it was said from. */
  readonly source: string;
  seenMs: number;
}

export class StandbyList {
  /** In the order in which they were found there. */
  private readonly known = new Map<string, Place>();
  private readonly claims = new Map<string, Place>();
  private readonly asked = new Map<string, Place>();
  /** By source: how many of its claims were asked since it last had none. */
  private readonly turns = new Map<string, number>();

  /** @param isStandby never rejects; see ActiveSizeParts */
  constructor(private readonly isStandby: (peerURL: string) => Promise<boolean>) {}

  /** Of those that were found there. */
  get size(): number {
    return this.known.size;
  }

  /** Somebody at `source` says that a standby waits at `url`. */
  add(url: string, source: string, nowMs: number): void {
    const place = this.known.get(url) ?? this.asked.get(url) ?? this.claims.get(url);
    if (place !== undefined) place.seenMs = nowMs;
    else if (this.hasPlaceFor(source)) this.claims.set(url, { url, source, seenMs: nowMs });
  }

  /** It waits no more. */
  remove(url: string): void {
    for (const places of [this.known, this.claims, this.asked]) places.delete(url);
  }

  /** Forgets who has not said for long that he waits. */
  forget(beforeMs: number): void {
    for (const places of [this.known, this.claims])
      for (const { url, seenMs } of places.values()) if (seenMs < beforeMs) places.delete(url);
  }

  /** Asks of some claims whether they are true. To be called from time to time. */
  look(): void {
    for (const source of this.turns.keys()) if (countOf(this.claims, source) === 0) this.turns.delete(source);
    const free = Math.max(ASKED_MAX - this.asked.size, 0);
    const next = inTurns(this.claims.values(), (source) => ASKED_OF_SOURCE - countOf(this.asked, source), this.turns);
    for (const place of next.slice(0, free)) {
      this.claims.delete(place.url);
      this.asked.set(place.url, place);
      this.turns.set(place.source, (this.turns.get(place.source) ?? 0) + 1);
      void this.ask(place);
    }
  }

  /** Asks those that are known, of each source the one that is known for the longest first; who is not there any more is none. Never rejects. */
  async isAnyThere(): Promise<boolean> {
    const places = inTurns(this.known.values(), () => PLACES_OF_SOURCE, new Map()).slice(0, ASKED_MAX);
    const answers = await Promise.all(places.map(({ url }) => this.isStandby(url)));
    for (const [number, { url }] of places.entries()) if (answers[number] !== true) this.known.delete(url);
    return answers.includes(true);
  }

  private async ask(place: Place): Promise<void> {
    const { url, source } = place;
    const isThere = await this.isStandby(url);
    // It may have been told of room meanwhile.
    if (this.asked.get(url) !== place) return;
    this.asked.delete(url);
    if (isThere && this.known.size < PLACES && countOf(this.known, source) < PLACES_OF_SOURCE)
      this.known.set(url, place);
  }

  /** Where all places are taken, whoever has said the most loses one to a source that has said less. */
  private hasPlaceFor(source: string): boolean {
    const own = countOf(this.claims, source);
    if (own + countOf(this.known, source) >= PLACES_OF_SOURCE) return false;
    if (this.claims.size < PLACES) return true;
    const counts = new Map<string, number>();
    for (const place of this.claims.values()) counts.set(place.source, (counts.get(place.source) ?? 0) + 1);
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    if (most === undefined || most[1] <= own + 1) return false;
    const last = [...this.claims.values()].findLast((place) => place.source === most[0]);
    if (last !== undefined) this.claims.delete(last.url);
    return true;
  }
}

function countOf(places: ReadonlyMap<string, Place>, source: string): number {
  let count = 0;
  for (const place of places.values()) if (place.source === source) count++;
  return count;
}

/**
 * The first of each source, then the second of each, and so on.
 *
 * @param shareOf so many of a source at most
 * @param had so many turns of a source are over
 */
function inTurns(
  places: Iterable<Place>,
  shareOf: (source: string) => number,
  had: ReadonlyMap<string, number>,
): readonly Place[] {
  const taken = new Map<string, number>();
  const turns: { readonly turn: number; readonly place: Place }[] = [];
  for (const place of places) {
    const turn = taken.get(place.source) ?? 0;
    taken.set(place.source, turn + 1);
    if (turn < shareOf(place.source)) turns.push({ turn: turn + (had.get(place.source) ?? 0), place });
  }
  return turns.sort((a, b) => a.turn - b.turn).map(({ place }) => place);
}
