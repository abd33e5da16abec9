/** Carries a plan out, a few requests at once where their order does not matter. */
import type { Change } from './plan';

/** How many requests are under way at a time. */
const AT_ONCE = 16;

/** Carries out one change, or rejects. */
export type CarryOut = (change: Change) => Promise<void>;

/** A change was not carried out, so those after it were not tried. What was done before stays done. The cause says why. */
export class PlanStopped extends Error {
  override readonly name = 'PlanStopped';

  constructor(
    readonly done: number,
    options: ErrorOptions,
  ) {
    super(`stopped after ${done} changes`, options);
  }
}

/** Resolves with how many were carried out: all. Rejects with PlanStopped. */
export async function carryOutAll(changes: readonly Change[], carryOut: CarryOut): Promise<number> {
  let done = 0;
  for (const group of groupsOf(changes)) {
    const results = await Promise.allSettled(group.map(carryOut));
    done += results.filter(({ status }) => status === 'fulfilled').length;
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw new PlanStopped(done, { cause: failed.reason });
  }
  return done;
}

/** Values do not depend on each other; what is made or removed as a directory depends on what comes before it. */
function groupsOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    const joins = first !== undefined && last !== undefined && last.length < AT_ONCE && goTogether(first, change);
    if (joins) last.push(change);
    else groups.push([change]);
  }
  return groups;
}

function goTogether(one: Change, other: Change): boolean {
  return isOfValue(one) && isOfValue(other) && (one.kind === 'delete') === (other.kind === 'delete');
}

function isOfValue({ kind }: Change): boolean {
  switch (kind) {
    case 'create':
    case 'replace':
    case 'delete':
      return true;
    case 'makeDirectory':
    case 'removeDirectory':
      return false;
  }
}
