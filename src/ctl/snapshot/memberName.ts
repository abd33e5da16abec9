/** The names that a restore makes members with: those that a member can start with. */
import { memberOptions } from '../../config/options/member';
import { parseValue } from '../../config/values';
import { UsageError, type CommandArguments } from '../arguments';

/** What --name says. @throws UsageError */
export function memberNameOf(values: CommandArguments): string {
  return checkedName('name', values.text('name'));
}

/** @param option - where it was given. @throws UsageError */
export function checkedName(option: string, name: string): string {
  const parsed = parseValue(memberOptions.name.kind, name);
  if (!parsed.ok) throw new UsageError(`--${option}: ${parsed.message}`);
  return name;
}
