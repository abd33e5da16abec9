/** Rules of commands of whatever kind; those of a kind are in its entry (commands/). */
import type { Command } from './command';
import type { CommandBatch } from './commandCodec';
import { kindOf } from './commands/table';

/** Whether all members can read the command while `level` is in force. */
export function canAllRead(command: Command, level: number): boolean {
  return kindOf(command).level <= level;
}

/** Why commands may not be in the log while `level` is in force; undefined if they may. */
export function faultOfLevel(commands: readonly Command[], level: number): string | undefined {
  const tooNew = commands.find((command) => !canAllRead(command, level));
  if (tooNew === undefined) return undefined;
  return (
    `a command of kind ${tooNew.type} needs feature level ${kindOf(tooNew).level}, and ${level} is in force until every member ` +
    'runs a version that reads it'
  );
}

/** What is wrong with a command, whatever level is in force; undefined if nothing is. */
export function faultOfCommand(command: Command): string | undefined {
  return kindOf(command).faultOf(command);
}

/** What is wrong with a batch: a command that may never be in the log, or one in the name of another member. */
export function faultOfBatch({ origin, commands }: CommandBatch): string | undefined {
  for (const command of commands) {
    const fault = faultOfCommand(command);
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

/** Whether a client wants it, rather than the cluster itself. */
export function isClients(command: Command): boolean {
  return kindOf(command).speaker === 'client';
}
