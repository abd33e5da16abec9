/** What changes users, roles and whether they count. */
import { faultOfAuthChange, readAuthChange, sizeOfAuthChange, writeAuthChange } from '../auth/changeKinds';
import type { AuthCommand } from '../command';
import type { CommandKind } from './kind';

export const AUTH: CommandKind<AuthCommand> = {
  code: 12,
  level: 2,
  speaker: 'client',
  size: ({ change }) => sizeOfAuthChange(change),
  write: (writer, { change }) => {
    writeAuthChange(writer, change);
  },
  read: (reader) => ({ type: 'auth', change: readAuthChange(reader) }),
  faultOf: ({ change }) => faultOfAuthChange(change),
  execute: ({ auth, keySpace }, { change }) =>
    auth.apply(change, () => {
      keySpace.skipIndex();
      return keySpace.index;
    }),
};
