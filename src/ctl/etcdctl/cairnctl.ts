/** `cairnctl`, which is also `cairn ctl`: the commands of etcdctl for the v2 API, and those of cairn. */
import { ctlCommands, type CtlPath } from '../../config/ctl/table';
import { complete, completionCommands } from '../completion/completion';
import { holdCommands } from '../lock/holdCommands';
import { topCommands } from '../top/top';
import { treeCommands } from '../tree/tree';
import { authCommands } from './authCommands';
import { readCommandLine, type Outcome } from './commandLine';
import { findMembers, reach, showEndpoints, type Reached } from './connection';
import { EXIT } from './exitCodes';
import { Failure } from './failures';
import { healthCommands } from './healthCommand';
import { complain, print, type Io } from './io';
import { keyCommands } from './keyCommands';
import { memberCommands } from './memberCommands';
import { roleCommands } from './roleCommands';
import type { Command, Session } from './session';
import { userCommands } from './userCommands';
import { watchCommands } from './watchCommands';
import type { OtherCommand } from './pages';

const commands: Readonly<Record<CtlPath, Command>> = {
  ...{ ...keyCommands, ...watchCommands, ...healthCommands, ...memberCommands, ...authCommands },
  ...{ ...userCommands, ...roleCommands, ...treeCommands, ...holdCommands, ...topCommands, ...completionCommands },
  backup: () => {
    throw new Failure(
      EXIT.badArguments,
      "backup: a copy of etcd's data directory is not made here; to keep the state of a running cluster in one verified " +
        'file use `cairnctl snapshot save FILE`',
    );
  },
};

/** The commands of `cairn`, which have tables of their own. */
export interface Others {
  readonly list: readonly OtherCommand[];
  /** Undefined: there is no such command. Resolves with an exit code. */
  readonly find: (word: string) => ((args: readonly string[]) => Promise<number>) | undefined;
  readonly version: () => string;
}

/** What the scripts of `completion` ask; nobody else does. */
const COMPLETE = '__complete';

/** Resolves with the exit code. */
export async function cairnctl(args: readonly string[], io: Io, others: Others): Promise<number> {
  if (args[0] === COMPLETE) {
    await complete(io, args.slice(1));
    return EXIT.ok;
  }
  const outcome = readCommandLine(args);
  switch (outcome.kind) {
    case 'run':
      return runCommand(outcome, io);
    case 'other':
      return (await others.find(outcome.word)?.(outcome.args)) ?? noSuchCommand(io, outcome.word);
    case 'page':
      io.stdout.write(await pageOf(outcome.of, others));
      return EXIT.ok;
    case 'version':
      print(io, `cairnctl version: ${others.version()}`);
      print(io, 'API version: 2');
      return EXIT.ok;
    case 'wrong':
      print(io, `Incorrect Usage${isCommand(outcome.of) ? ':' : '.'} ${outcome.message}\n`);
      io.stdout.write(await pageOf(outcome.of, others));
      complain(io, outcome.message);
      return EXIT.badArguments;
  }
}

/** Rather than a group of them, or the whole program. */
function isCommand(of: readonly string[]): boolean {
  return ctlCommands.some(([path]) => path === of.join(' '));
}

function noSuchCommand(io: Io, word: string): number {
  complain(io, `No help topic for '${word}'`);
  return EXIT.noSuchTopic;
}

async function pageOf(of: readonly string[], { list }: Others): Promise<string> {
  return (await import('./pages.js')).page(of, list);
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
  try {
    await commands[path](session);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.line !== undefined && error.isWholeLine) complain(io, error.line);
    else if (error.line !== undefined) io.stderr.write(error.line);
    return error.code;
  }
}
