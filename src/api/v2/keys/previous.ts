/** What somebody who may write but not read is told: that it was done, not what was there before (divergence `auth-write-only`). */
import type { KeyResult } from '../../../machine/keyspace/event';

/** Why a comparison failed is said with what there is. */
const COMPARE_FAILED = 101;

export function withoutPrevious(result: KeyResult): KeyResult {
  if (!result.ok) return result.code === COMPARE_FAILED ? { ...result, cause: '' } : result;
  // A refresh leaves the value as it was, and shows it.
  const node = result.refresh ? { ...result.node, value: undefined } : result.node;
  return { ...result, node, prevNode: undefined };
}
