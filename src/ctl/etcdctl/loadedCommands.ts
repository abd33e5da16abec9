/** The code behind each row of the table. What a script calls for each key is loaded at once, the rest when it is asked for. */
import type { CtlPath } from '../../config/ctl/table';
import { EXIT } from './exitCodes';
import { Failure } from './failures';
import { keyCommands } from './keyCommands';
import type { Command } from './session';

type Load = () => Command | Promise<Command>;

const loads: Readonly<Record<CtlPath, Load>> = {
  ...(Object.fromEntries(Object.entries(keyCommands).map(([path, command]) => [path, () => command])) as Record<
    keyof typeof keyCommands,
    Load
  >),
  ...late(['watch', 'exec-watch'], async () => (await import('./watchCommands.js')).watchCommands),
  ...late(['cluster-health'], async () => (await import('./healthCommand.js')).healthCommands),
  ...late(
    ['member list', 'member add', 'member remove', 'member update'],
    async () => (await import('./memberCommands.js')).memberCommands,
  ),
  ...late(
    ['user add', 'user get', 'user list', 'user remove', 'user grant', 'user revoke', 'user passwd'],
    async () => (await import('./userCommands.js')).userCommands,
  ),
  ...late(
    ['role add', 'role get', 'role list', 'role remove', 'role grant', 'role revoke'],
    async () => (await import('./roleCommands.js')).roleCommands,
  ),
  ...late(['auth enable', 'auth disable'], async () => (await import('./authCommands.js')).authCommands),
  ...late(['tree'], async () => (await import('../tree/tree.js')).treeCommands),
  ...late(['top'], async () => (await import('../top/top.js')).topCommands),
  ...late(['lock', 'elect'], async () => (await import('../lock/holdCommands.js')).holdCommands),
  ...late(['completion'], async () => (await import('../completion/completion.js')).completionCommands),
  backup: () => () => {
    throw new Failure(
      EXIT.badArguments,
      "backup: a copy of etcd's data directory is not made here; to keep the state of a running cluster in one verified " +
        'file use `cairnctl snapshot save FILE`',
    );
  },
};

export async function commandAt(path: CtlPath): Promise<Command> {
  return loads[path]();
}

function late<Path extends CtlPath>(
  paths: readonly Path[],
  load: () => Promise<Readonly<Record<Path, Command>>>,
): Readonly<Record<Path, Load>> {
  const entries = paths.map((path) => [path, async () => (await load())[path]] as const);
  return Object.fromEntries(entries) as unknown as Record<Path, Load>;
}
