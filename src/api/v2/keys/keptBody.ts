/** A body that is kept: as long as it can be found, or somebody who found it is sending it. */
export class KeptBody {
  private users = 0;
  private isListed = true;

  /** @param onFree nobody has it any more */
  constructor(
    readonly bytes: Buffer,
    private readonly onFree: () => void,
  ) {}

  use(): void {
    this.users++;
  }

  release(): void {
    this.users--;
    this.freeIfUnused();
  }

  /** Nobody gets it from here on. */
  drop(): void {
    this.isListed = false;
    this.freeIfUnused();
  }

  private freeIfUnused(): void {
    if (this.users === 0 && !this.isListed) this.onFree();
  }
}
