/** `cairnctl`, which is also `cairn ctl`: the commands of etcdctl for the v2 API, and those of cairn. */
import { helpColumns } from '../../config/helpColumns';
import { ctlCommands, ctlRows, type CtlPath } from '../../config/ctl/table';
import { commandAt } from './loadedCommands';
import { readCommandLine, type Outcome } from './commandLine';
import { findMembers, reach, showEndpoints, type Reached } from './connection';
import { EXIT } from './exitCodes';
import { Failure } from './failures';
import { complain, print, type Io } from './io';
import type { HandedOn } from './handedOn';
import type { Session } from './session';
import type { OtherCommand } from './pages';

export interface OtherToRun {
  /** The names of its flags. */
  readonly flags: readonly string[];
  /** Whether --url may name several members, parted by commas. */
  readonly takesSeveralUrls: (args: readonly string[]) => boolean;
  /** With these variables beside those of the process. Resolves with an exit code. */
  readonly run: (args: readonly string[], variables: Readonly<Record<string, string>>) => Promise<number>;
}

/** The commands of `cairn`, which have tables of their own. */
export interface Others {
  readonly list: readonly OtherCommand[];
  /** Undefined: there is no such command. */
  readonly find: (word: string) => OtherToRun | undefined;
  readonly version: () => string;
}

/** What the scripts of `completion` ask; nobody else does. */
const COMPLETE = '__complete';

/** Resolves with the exit code. */
export async function cairnctl(args: readonly string[], io: Io, others: Others): Promise<number> {
  if (args[0] === COMPLETE) {
    await (await import('../completion/completion.js')).complete(io, args.slice(1));
    return EXIT.ok;
  }
  const outcome = readCommandLine(args);
  switch (outcome.kind) {
    case 'run':
      return runCommand(outcome, io);
    case 'other':
      return runOther(outcome, io, others);
    case 'page':
      io.stdout.write(await pageOf(io, outcome.of, others));
      return EXIT.ok;
    case 'version':
      print(io, `cairnctl version: ${others.version()}`);
      print(io, 'API version: 2');
      return EXIT.ok;
    case 'wrong':
      print(io, `Incorrect Usage${isCommand(outcome.of) ? ':' : '.'} ${outcome.message}\n`);
      io.stdout.write(await pageOf(io, outcome.of, others));
      complain(io, outcome.message);
      if (io.stderr.isTTY === true) await noteOnUsage(io, outcome, others);
      return EXIT.badArguments;
  }
}

/** Behind the page, which is longer than a screen, where a person looks next. */
async function noteOnUsage(
  io: Io,
  { message, of }: Extract<Outcome, { kind: 'wrong' }>,
  others: Others,
): Promise<void> {
  const { usageNote } = await import('./usageNotes.js');
  const withFlags = others.list.map(({ word }) => ({ word, flags: others.find(word)?.flags ?? [] }));
  const note = usageNote(message, of, withFlags);
  if (note !== undefined) complain(io, `Note: ${note}`);
}

/** Rather than a group of them, or the whole program. */
function isCommand(of: readonly string[]): boolean {
  return ctlCommands.some(([path]) => path === of.join(' '));
}

async function runOther(outcome: Extract<Outcome, { kind: 'other' }>, io: Io, others: Others): Promise<number> {
  const other = others.find(outcome.word);
  if (other === undefined) return await noSuchCommand(io, outcome.word, others);
  let handed: HandedOn;
  try {
    handed = await (await import('./handedOn.js')).handedOn(io, outcome, other);
  } catch (error) {
    return told(io, error);
  }
  return other.run(handed.args, handed.variables);
}

/** The first line is etcdctl's. */
async function noSuchCommand(io: Io, word: string, { list }: Others): Promise<number> {
  complain(io, `No help topic for '${word}'`);
  const { nearest } = await import('../../config/nearest.js');
  const meant = nearest(word, [...ctlRows.map(([name]) => name), ...list.map((other) => other.word)]);
  if (meant !== undefined) complain(io, `Did you mean ${meant}?`);
  return EXIT.noSuchTopic;
}

async function pageOf({ stdout }: Io, of: readonly string[], { list }: Others): Promise<string> {
  return (await import('./pages.js')).page(of, list, helpColumns(stdout));
}

async function runCommand(
  { path, globals, flags, operands, separatedAt }: Extract<Outcome, { kind: 'run' }>,
  io: Io,
): Promise<number> {
  let reached: Promise<Reached> | undefined;
  let found: Promise<void> | undefined;
  const reachOnce = (): Promise<Reached> => (reached ??= reach(io, globals));
  const session: Session = {
    ...{ io, globals, flags, operands, separatedAt, form: globals.text('output') },
    cluster: async () => {
      const { cluster } = await reachOnce();
      await (found ??= findMembers(io, globals, cluster));
      return cluster;
    },
    clusterAsGiven: async () => {
      const { cluster } = await reachOnce();
      showEndpoints(io, globals, cluster);
      return cluster;
    },
    dialFor: async (endpoint) => (await reachOnce()).dialFor(endpoint),
  };
  if (io.stderr.isTTY === true) await hintAt(io, path, operands, separatedAt);
  try {
    await (
      await commandAt(path)
    )(session);
    return EXIT.ok;
  } catch (error) {
    return told(io, error);
  }
}

async function hintAt(io: Io, path: CtlPath, operands: readonly string[], separatedAt?: number): Promise<void> {
  if (!operands.some((word) => word.startsWith('-'))) return;
  const { strayFlagHints } = await import('./strayFlags.js');
  for (const line of strayFlagHints(path, operands, separatedAt)) complain(io, line);
}

/** Says what failed; the exit code. @throws what is no Failure */
function told(io: Io, error: unknown): number {
  if (!(error instanceof Failure)) throw error;
  if (error.line !== undefined) complain(io, error.line, error.isWholeLine ? '\n' : '');
  if (error.note !== undefined && io.stderr.isTTY === true)
    complain(io, `${error.isWholeLine ? '' : '\n'}Note: ${error.note}`);
  return error.code;
}
