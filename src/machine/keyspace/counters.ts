import type { StoreStats } from './stats';

type Counted =
  'gets' | 'recursiveGets' | 'sets' | 'delete' | 'update' | 'create' | 'compareAndSwap' | 'compareAndDelete';

/** Counts what this member's key space did since it was started; feeds /v2/stats/store and the metrics. */
export class Counters {
  private readonly success: Record<Counted, number> = zeroes();
  private readonly fail: Record<Counted, number> = zeroes();
  private expired = 0;

  count(operation: Counted, ok: boolean): void {
    if (ok) this.success[operation]++;
    else this.fail[operation]++;
  }

  countExpired(): void {
    this.expired++;
  }

  /** How many of the gets were recursive. */
  recursiveGets(): { readonly recursiveGetsSuccess: number; readonly recursiveGetsFail: number } {
    return { recursiveGetsSuccess: this.success.recursiveGets, recursiveGetsFail: this.fail.recursiveGets };
  }

  stats(watchers: number): StoreStats {
    const { success, fail } = this;
    return {
      getsSuccess: success.gets,
      getsFail: fail.gets,
      setsSuccess: success.sets,
      setsFail: fail.sets,
      deleteSuccess: success.delete,
      deleteFail: fail.delete,
      updateSuccess: success.update,
      updateFail: fail.update,
      createSuccess: success.create,
      createFail: fail.create,
      compareAndSwapSuccess: success.compareAndSwap,
      compareAndSwapFail: fail.compareAndSwap,
      compareAndDeleteSuccess: success.compareAndDelete,
      compareAndDeleteFail: fail.compareAndDelete,
      expireCount: this.expired,
      watchers,
    };
  }
}

function zeroes(): Record<Counted, number> {
  return {
    gets: 0,
    recursiveGets: 0,
    sets: 0,
    delete: 0,
    update: 0,
    create: 0,
    compareAndSwap: 0,
    compareAndDelete: 0,
  };
}
