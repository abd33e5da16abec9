/** cairnctl's commands for keys and directories. */
import type { CtlFlag, CtlRow } from './row';

const ttl = {
  kind: 'number',
  placeholder: 'SECONDS',
  help: 'Time after which it goes away by itself; 0: never.',
  default: '0',
} as const satisfies CtlFlag;
const sort = { kind: 'switch', help: 'In the order of their names.' } as const satisfies CtlFlag;
const quorum = {
  kind: 'switch',
  help: 'Linearizable: nothing that was written before is missed. Without it the member that is asked answers from what it has.',
  spellings: ['q'],
} as const satisfies CtlFlag;

const VALUE_NOTES = [
  'Without VALUE it is read from the standard input, to the last byte.',
  'A value that begins with a dash stands behind "--", or behind the key.',
];

export const keyCommands = {
  get: { help: 'Print the value of a key.', operands: 'KEY', flags: { sort, quorum } },
  set: {
    help: 'Give a key a value, whether it exists or not.',
    operands: 'KEY [VALUE]',
    notes: VALUE_NOTES,
    flags: {
      ttl,
      'swap-with-value': { kind: 'text', placeholder: 'VALUE', help: 'Only if this is its value so far.' },
      'swap-with-index': {
        kind: 'number',
        placeholder: 'INDEX',
        help: 'Only if this is its modified index so far.',
        default: '0',
      },
    },
  },
  mk: {
    help: 'Make a key that does not exist yet.',
    operands: 'KEY [VALUE]',
    notes: VALUE_NOTES,
    flags: {
      'in-order': {
        kind: 'switch',
        help: 'KEY is a directory: make a key in it whose name is greater than all before.',
      },
      ttl,
    },
  },
  update: {
    help: 'Give a key that exists another value.',
    operands: 'KEY [VALUE]',
    notes: VALUE_NOTES,
    flags: { ttl },
  },
  mkdir: { help: 'Make a directory that does not exist yet.', operands: 'KEY', flags: { ttl } },
  setdir: {
    help: 'Make a directory; where a key is, it takes its place. One that exists is an error (102): see updatedir.',
    operands: 'KEY',
    flags: { ttl },
  },
  updatedir: { help: 'Change the time to live of a directory.', operands: 'KEY', flags: { ttl } },
  ls: {
    help: 'List the keys in a directory, or in the root.',
    operands: '[KEY]',
    flags: {
      sort,
      recursive: { kind: 'switch', help: 'Directories in it too, and what is in them.', spellings: ['r'] },
      p: { kind: 'switch', help: 'A slash behind the names of directories.' },
      quorum,
    },
  },
  rm: {
    help: 'Remove a key, or a directory.',
    operands: 'KEY',
    flags: {
      dir: { kind: 'switch', help: 'It may be a directory, if that is empty.' },
      recursive: { kind: 'switch', help: 'It may be a directory, and all in it goes too.', spellings: ['r'] },
      'with-value': { kind: 'text', placeholder: 'VALUE', help: 'Only if this is its value.' },
      'with-index': {
        kind: 'number',
        placeholder: 'INDEX',
        help: 'Only if this is its modified index.',
        default: '0',
      },
    },
  },
  rmdir: { help: 'Remove a key or an empty directory.', operands: 'KEY' },
} as const satisfies Record<string, CtlRow>;
