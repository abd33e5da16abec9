/** cairnctl's commands for members, and those of etcdctl for files, which are others in Cairn. */
import type { CtlGroup, CtlRow } from './row';

export const clusterCommands = {
  'cluster-health': {
    help: 'Ask each member whether it is healthy; exits with 0 if all are, with 5 if not.',
    operands: '',
    flags: {
      forever: { kind: 'switch', help: 'Ask again every 10 seconds until it is interrupted.', spellings: ['f'] },
    },
  },
  backup: {
    help: "etcdctl's copy of a data directory; in Cairn it is `cairnctl snapshot save`.",
    operands: '',
    flags: {
      'data-dir': { kind: 'text', placeholder: 'DIR', help: 'Not used.' },
      'wal-dir': { kind: 'text', placeholder: 'DIR', help: 'Not used.' },
      'backup-dir': { kind: 'text', placeholder: 'DIR', help: 'Not used.' },
      'backup-wal-dir': { kind: 'text', placeholder: 'DIR', help: 'Not used.' },
      'with-v3': { kind: 'switch', help: 'Not used.' },
    },
  },
} as const satisfies Record<string, CtlRow>;

export const memberGroup = {
  help: 'List, add, change and remove members.',
  commands: {
    list: { help: 'List the members of the cluster, and who leads.', operands: '' },
    add: { help: 'Add a member, and print what it has to be started with.', operands: 'NAME PEER-URL' },
    remove: { help: 'Remove a member from the cluster.', operands: 'MEMBER-ID' },
    update: { help: 'Change where a member is reached by the others.', operands: 'MEMBER-ID PEER-URL[,PEER-URL...]' },
  },
} as const satisfies CtlGroup;
