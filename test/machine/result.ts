import type { KeyResult } from '../../src/machine/keyspace/event';
import type { CommandResult } from '../../src/machine/machine';

/** The answer to a key command; anything else is a mistake of the test. */
export function keyResult(result: CommandResult | undefined): KeyResult | undefined {
  if (result === undefined || 'etcdIndex' in result) return result;
  throw new Error('the answer is not one of a key command');
}
