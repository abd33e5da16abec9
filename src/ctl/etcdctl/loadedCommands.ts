/** The code behind each word of the table. What a script calls for each key is loaded at once, the rest when it is asked for. */
import type { CtlPath, CtlWord } from '../../config/ctl/table';
import { EXIT } from './exitCodes';
import { Failure } from './failures';
import { keyCommands } from './keyCommands';
import type { Command } from './session';

type PathsOf<Word extends CtlWord> = Extract<CtlPath, Word | `${Word} ${string}`>;
type Commands<Path extends CtlPath> = Readonly<Record<Path, Command>>;

const keys = () => keyCommands;
const watches = async () => (await import('./watchCommands.js')).watchCommands;
const holds = async () => (await import('../lock/holdCommands.js')).holdCommands;

const loads: { readonly [Word in CtlWord]: () => Commands<PathsOf<Word>> | Promise<Commands<PathsOf<Word>>> } = {
  ...{ get: keys, set: keys, mk: keys, update: keys, mkdir: keys, setdir: keys, updatedir: keys },
  ...{ ls: keys, rm: keys, rmdir: keys },
  ...{ watch: watches, 'exec-watch': watches },
  'cluster-health': async () => (await import('./healthCommand.js')).healthCommands,
  member: async () => (await import('./memberCommands.js')).memberCommands,
  user: async () => (await import('./userCommands.js')).userCommands,
  role: async () => (await import('./roleCommands.js')).roleCommands,
  auth: async () => (await import('./authCommands.js')).authCommands,
  tree: async () => (await import('../tree/tree.js')).treeCommands,
  top: async () => (await import('../top/top.js')).topCommands,
  ...{ lock: holds, elect: holds },
  completion: async () => (await import('../completion/completion.js')).completionCommands,
  backup: () => ({
    backup: () => {
      throw new Failure(
        EXIT.badArguments,
        "backup: a copy of etcd's data directory is not made here; to keep the state of a running cluster in one verified " +
          'file use `cairnctl snapshot save FILE`',
      );
    },
  }),
};

export async function commandAt(path: CtlPath): Promise<Command> {
  const [word] = path.split(' ') as [CtlWord];
  const commands: Partial<Commands<CtlPath>> = await loads[word]();
  const command = commands[path];
  if (command === undefined) throw new Error(`no command ${path}`);
  return command;
}
