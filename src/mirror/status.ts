/** What a mirror knows of itself: what its metrics, its readiness and its log go by. */

export interface MirrorCounts {
  /** Listings that a member gave, and that none gave. */
  listed: number;
  notListed: number;
  /** Listings that could not be written as asked for: keys that have no place. */
  refused: number;
  /** States that were changed over to, and that could not be written. */
  written: number;
  notWritten: number;
  /** Commands or signals, by how they ended. */
  told: number;
  notTold: number;
}

export class MirrorStatus {
  /** Of the state that readers see; undefined: there is none yet. */
  state: { readonly index: number; readonly keys: number; readonly bytes: number; readonly digest: string } | undefined;
  /** The state is what a member listed since this process began. */
  isFresh = false;
  /** The last request to the cluster was answered. */
  isConnected = false;
  /** When a listing was last found to be what readers see, as seconds since 1970; 0: never. */
  currentAtS = 0;
  readonly counts: MirrorCounts = {
    ...{ listed: 0, notListed: 0, refused: 0, written: 0, notWritten: 0, told: 0, notTold: 0 },
  };

  constructor(private readonly requireFresh: boolean) {}

  /** Whether programs may read. */
  get isReady(): boolean {
    return this.state !== undefined && (this.isFresh || !this.requireFresh);
  }
}
