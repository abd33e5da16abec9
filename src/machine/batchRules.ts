/** Rules of a whole batch of commands; those of a single one are in commandRules.ts. */
import type { CommandBatch } from './commandCodec';
import { faultOf } from './commandRules';
import { faultOfLevel } from './features';

/**
 * What is wrong with a batch, if anything: a command that breaks a rule or is in the name of another member, or one of a
 * feature level above `level`, the one in force.
 */
export function faultOfBatch({ origin, commands }: CommandBatch, level: number): string | undefined {
  for (const command of commands) {
    const fault = faultOfLevel(command, level) ?? faultOf(command);
    if (fault !== undefined) return fault;
    if (command.type === 'report' && command.memberId !== origin) return 'a report in the name of another member';
    if (command.type === 'publish' && command.memberId !== origin) return 'a publication in the name of another member';
  }
  return undefined;
}
