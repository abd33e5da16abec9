/** What a person probably meant whose flags are refused in the words of Go: those words are etcdctl's, and stay. Pure. */
import { globalFlags } from '../../config/ctl/globalFlags';
import type { CtlFlags } from '../../config/ctl/row';
import { ctlCommands, ctlRow, flagsOfCtl, isGroup } from '../../config/ctl/table';
import { nearest } from '../../config/nearest';

/** A command of `cairn`, and the names of its flags. */
export interface OtherFlags {
  readonly word: string;
  readonly flags: readonly string[];
}

/** Flags that exist, but at another place than the one that is looked at. */
interface Elsewhere {
  readonly names: readonly string[];
  /** Where, in a clause that goes on with an example. */
  readonly place: (name: string) => string;
}

/**
 * A sentence; undefined where there is nothing to say beyond the words of Go.
 *
 * @param of - the words of the command or group; none: it stood before the command
 */
export function usageNote(
  message: string,
  of: readonly string[],
  others: readonly OtherFlags[] = [],
): string | undefined {
  const [, unknown] = /^flag provided but not defined: -(.*)$/s.exec(message) ?? [];
  if (unknown !== undefined) return noteOnUnknown(unknown, of, others);
  const [, valued = ''] = /^invalid value "[^]*" for flag -([^:]*): parse error$/.exec(message) ?? [];
  const kind = Object.entries(flagsAt(of)).find(([name, { spellings = [] }]) => [name, ...spellings].includes(valued));
  return kind?.[1].kind === 'duration' ? 'a duration has a unit: 5s, 500ms, 1m30s' : undefined;
}

function noteOnUnknown(written: string, of: readonly string[], others: readonly OtherFlags[]): string | undefined {
  const elsewhere = elsewhereThan(of, others);
  const exact = elsewhere.find(({ names }) => names.includes(written));
  if (exact !== undefined) return `${dashed(written)} ${exact.place(dashed(written))}`;
  const here = nearest(written, namesOf(flagsAt(of)));
  if (here !== undefined) return `did you mean ${dashed(here)}?`;
  const there = nearest(
    written,
    elsewhere.flatMap(({ names }) => names),
  );
  if (there === undefined) return undefined;
  const where = elsewhere.find(({ names }) => names.includes(there));
  return `did you mean ${dashed(there)}? It ${where?.place(dashed(there)) ?? ''}`;
}

/** The likeliest place first: what counts for all stands before the command, and the rest behind the one command that has it. */
function elsewhereThan(of: readonly string[], others: readonly OtherFlags[]): readonly Elsewhere[] {
  const path = of.join(' ');
  const before: Elsewhere = {
    names: namesOf(globalFlags),
    place: (flag) => `stands before the command, as in cairnctl ${flag} ... ${path} ...`,
  };
  const behind = (command: string, names: readonly string[]): Elsewhere => ({
    names,
    place: (flag) => `stands behind a command that has it, as in cairnctl ${command} ${flag} ...`,
  });
  const below = ctlCommands
    .filter(([command]) => of.length === 0 || command.startsWith(`${path} `))
    .map(([command, row]) => behind(command, namesOf(flagsOfCtl(row))));
  if (of.length > 0) return [before, ...below];
  return [...below, ...others.map(({ word, flags }) => behind(word, flags))];
}

/** A group has none. */
function flagsAt([word, second]: readonly string[]): CtlFlags {
  if (word === undefined) return globalFlags;
  const row = ctlRow(word);
  if (row === undefined) return {};
  if (!isGroup(row)) return flagsOfCtl(row);
  const command = second === undefined ? undefined : row.commands[second];
  return command === undefined ? {} : flagsOfCtl(command);
}

function dashed(name: string): string {
  return `${name.length === 1 ? '-' : '--'}${name}`;
}

export function namesOf(flags: CtlFlags): readonly string[] {
  return Object.entries(flags).flatMap(([name, { spellings = [] }]) => [name, ...spellings]);
}
