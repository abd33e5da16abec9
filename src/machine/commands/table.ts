/** The kinds of commands, one entry each: whatever knows commands in general asks here. */
import type { Command } from '../command';
import { AUTH } from './authCommand';
import { CHECKPOINT, REPORT } from './integrityCommands';
import { COMPARE_AND_DELETE, COMPARE_AND_SWAP, CREATE, DELETE, SET, SYNC, UPDATE } from './keyCommands';
import type { CommandKind } from './kind';
import { PUBLISH, UPDATE_MEMBER } from './memberCommands';
import { SETTINGS } from './settingsCommand';

type Kinds = { readonly [T in Command['type']]: CommandKind<Extract<Command, { readonly type: T }>> };

export const COMMANDS: Kinds = {
  set: SET,
  create: CREATE,
  update: UPDATE,
  compareAndSwap: COMPARE_AND_SWAP,
  delete: DELETE,
  compareAndDelete: COMPARE_AND_DELETE,
  sync: SYNC,
  publish: PUBLISH,
  updateMember: UPDATE_MEMBER,
  checkpoint: CHECKPOINT,
  report: REPORT,
  auth: AUTH,
  settings: SETTINGS,
};

/** The kind of this very command: its functions may be given the command. */
export function kindOf<C extends Command>(command: C): CommandKind<C> {
  return COMMANDS[command.type] as unknown as CommandKind<C>;
}

const KIND_OF_CODE: readonly (CommandKind<Command> | undefined)[] = Object.values(COMMANDS).reduce<
  CommandKind<Command>[]
>((kinds, kind) => {
  kinds[kind.code] = kind as unknown as CommandKind<Command>;
  return kinds;
}, []);

/** Undefined: no command of this version has the code. */
export function kindOfCode(code: number): CommandKind<Command> | undefined {
  return KIND_OF_CODE[code];
}
