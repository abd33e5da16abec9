/** cairnctl's commands that wait for changes. */
import type { CtlFlag, CtlRow } from './row';

const recursive = {
  kind: 'switch',
  help: 'Of the keys below it too.',
  spellings: ['r'],
} as const satisfies CtlFlag;
const afterIndex = {
  kind: 'number',
  placeholder: 'INDEX',
  help: 'Begin with the first change behind this index.',
  default: '0',
} as const satisfies CtlFlag;

export const watchCommands = {
  watch: {
    help: 'Wait for the next change of a key and print it; changes of directories are passed over.',
    operands: 'KEY',
    flags: {
      forever: { kind: 'switch', help: 'Go on until it is interrupted.', spellings: ['f'] },
      'after-index': afterIndex,
      recursive,
    },
  },
  'exec-watch': {
    help: 'Run a program at each change of a key.',
    operands: 'KEY [--] PROGRAM [ARGUMENTS...]',
    flags: { 'after-index': afterIndex, recursive },
    notes: [
      'The program learns of the change by ETCD_WATCH_ACTION, ETCD_WATCH_KEY, ETCD_WATCH_VALUE and ETCD_WATCH_MODIFIED_INDEX.',
    ],
  },
} as const satisfies Record<string, CtlRow>;
