/** cairnctl's commands for users, roles and whether they count. */
import type { CtlFlag, CtlFlags, CtlGroup } from './row';

const roles = {
  kind: 'list',
  placeholder: 'ROLE,...',
  help: 'Roles to grant or revoke.',
} as const satisfies CtlFlag;

const rights = {
  path: { kind: 'text', placeholder: 'PATH', help: 'A key, or a prefix of keys that ends in an asterisk.' },
  read: { kind: 'switch', help: 'The right to read.' },
  write: { kind: 'switch', help: 'The right to write.' },
  readwrite: { kind: 'switch', help: 'Both.', spellings: ['rw'] },
} as const satisfies CtlFlags;

export const userGroup = {
  help: 'Make users, remove them, and give them roles.',
  commands: {
    add: {
      help: 'Make a user; the password is asked for where it is not given.',
      operands: 'NAME[:PASSWORD]',
    },
    get: { help: 'Print the roles of a user.', operands: 'NAME' },
    list: { help: 'List all users.', operands: '' },
    remove: { help: 'Remove a user.', operands: 'NAME' },
    grant: { help: 'Give roles to a user.', operands: 'NAME', flags: { roles } },
    revoke: { help: 'Take roles from a user.', operands: 'NAME', flags: { roles } },
    passwd: { help: 'Change the password of a user; it is asked for.', operands: 'NAME' },
  },
} as const satisfies CtlGroup;

export const roleGroup = {
  help: 'Make roles, remove them, and say what they may do.',
  commands: {
    add: { help: 'Make a role that may do nothing yet.', operands: 'NAME' },
    get: { help: 'Print what a role may do.', operands: 'NAME' },
    list: { help: 'List all roles.', operands: '' },
    remove: { help: 'Remove a role.', operands: 'NAME' },
    grant: { help: 'Give a role a right to keys.', operands: 'NAME', flags: rights },
    revoke: { help: 'Take a right to keys from a role.', operands: 'NAME', flags: rights },
  },
} as const satisfies CtlGroup;

export const authGroup = {
  help: 'Say whether users and roles count.',
  commands: {
    enable: { help: 'From now on rights count. There has to be a user root.', operands: '' },
    disable: { help: 'From now on everybody may do everything.', operands: '' },
  },
} as const satisfies CtlGroup;
