/** What import and sync have in common: nothing is begun that cannot be done, and what stops in the midst says how far it got. */
import { printable } from '../../client/json';
import { carryOutAll, PlanStopped } from './carryOut';
import { ChangedMeanwhile, type KeyStore } from './keyStore';
import type { Plan } from './plan';

const OBSTACLES_SHOWN = 10;

/**
 * Resolves with how many changes were made: all.
 *
 * @param onceChanged what the same command refuses the next time if somebody else changed a key meanwhile, and how it does not; if it does
 * @throws Error whose message is for people
 */
export async function carryOutPlan(plan: Plan, store: KeyStore, prefix: string, onceChanged?: string): Promise<number> {
  refuseObstacles(plan, prefix);
  try {
    return await carryOutAll(plan.changes, (change) => store.carryOut(change));
  } catch (error) {
    if (!(error instanceof PlanStopped)) throw error;
    const { cause, done } = error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const but = cause instanceof ChangedMeanwhile && onceChanged !== undefined ? `; ${onceChanged}` : '';
    throw new Error(
      `${printable(reason)}; ${done} of ${plan.changes.length} changes are made, and stay: the same command goes on${but}`,
      { cause: error },
    );
  }
}

/** @throws Error if there are any */
export function refuseObstacles({ obstacles }: Plan, prefix: string): void {
  if (obstacles.length === 0) return;
  const shown = obstacles.slice(0, OBSTACLES_SHOWN).map(({ key, reason }) => `${printable(prefix + key)}: ${reason}`);
  const more = obstacles.length > OBSTACLES_SHOWN ? `; and ${obstacles.length - OBSTACLES_SHOWN} more` : '';
  throw new Error(`nothing was changed: ${shown.join('; ')}${more}`);
}
