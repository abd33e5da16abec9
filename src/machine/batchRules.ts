/** Rules of commands of whatever kind; those of a kind are in its entry (commands/). */
import type { Command } from './command';
import type { CommandBatch } from './commandCodec';
import { kindOf } from './commands/table';

/** What is wrong with a command, if anything: it is of a feature level above `level`, the one in force, or breaks a rule. */
export function faultOfCommand(command: Command, level: number): string | undefined {
  if (levelInForceReads(command, level)) return kindOf(command).faultOf(command);
  const { level: needed } = kindOf(command);
  return (
    `a command of kind ${command.type} needs feature level ${needed}, and ${level} is in force until every member runs a ` +
    'version that reads it'
  );
}

/** Whether all members can read the command while `level` is in force. */
export function levelInForceReads(command: Command, level: number): boolean {
  return kindOf(command).level <= level;
}

/** What is wrong with a batch: a command that may not be in the log, or one in the name of another member. */
export function faultOfBatch({ origin, commands }: CommandBatch, level: number): string | undefined {
  for (const command of commands) {
    const fault = faultOfCommand(command, level);
    if (fault !== undefined) return fault;
    if ('memberId' in command && kindOf(command).speaker === 'itself' && command.memberId !== origin) {
      return `a command of kind ${command.type} in the name of another member`;
    }
  }
  return undefined;
}

/** Whether only the leader may put the command into the log: its clock lets keys expire, for one. */
export function isLeaders(command: Command): boolean {
  return kindOf(command).speaker === 'leader';
}
