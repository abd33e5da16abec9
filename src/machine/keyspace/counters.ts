import type { ChangeStats } from './stats';

type Counted = 'sets' | 'delete' | 'update' | 'create' | 'compareAndSwap' | 'compareAndDelete';

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

  stats(watchers: number): ChangeStats {
    const { success, fail } = this;
    return {
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
    sets: 0,
    delete: 0,
    update: 0,
    create: 0,
    compareAndSwap: 0,
    compareAndDelete: 0,
  };
}
