/** cairnctl's commands that etcdctl has not. */
import type { CtlFlags, CtlRow } from './row';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

const holdFlags = {
  ttl: {
    kind: 'number',
    placeholder: 'SECONDS',
    help: 'How long it is kept if this machine falls silent; it is renewed at a third of that.',
    default: '30',
  },
  wait: {
    kind: 'duration',
    placeholder: 'DURATION',
    help: 'How long to wait for it; 0s: not at all. Without it: for ever.',
  },
} as const satisfies CtlFlags;

export const moreCommands = {
  tree: {
    help: 'Show the keys below a directory as a tree.',
    operands: '[KEY]',
    flags: {
      values: { kind: 'switch', help: 'With their values, and the seconds that they have left.', spellings: ['v'] },
      directories: { kind: 'switch', help: 'Directories only.', spellings: ['d'] },
      depth: { kind: 'number', placeholder: 'N', help: 'So many levels; 0: all.', default: '0', spellings: ['L'] },
    },
  },
  top: {
    help: 'Show what the members do, again and again: requests, how long they take, watches, and who lags behind.',
    operands: '',
    notes: [
      'On a terminal it fills the screen until q or Ctrl-C is pressed; elsewhere it prints a table each time, and with -o json a line. READ/S, WRITE/S, ' +
        'P99 MS (99 of 100 requests took less) and SYNC MS (the same of the disk) are of the time since the last one; LAG is what a member is not yet known to have of the log.',
    ],
    flags: {
      interval: { kind: 'duration', placeholder: 'DURATION', help: 'How often.', default: '2s', spellings: ['i'] },
      count: {
        kind: 'number',
        placeholder: 'N',
        help: 'So many times; 0: until it is interrupted.',
        default: '0',
        spellings: ['n'],
      },
    },
  },
  lock: {
    help: 'Wait for a lock, hold it while a program runs, and give it back.',
    operands: 'NAME [--] [PROGRAM ARGUMENTS...]',
    notes: [
      'The program gets the fencing token as CAIRN_TOKEN; its exit code is that of the command. Without a program the token is printed, and the ' +
        'lock is held until the command is interrupted. If the lock is lost the program is ended (SIGTERM, and SIGKILL 10 seconds later) and the ' +
        'exit code is 4; see docs/locks.md on what a lock can promise.',
    ],
    flags: holdFlags,
  },
  elect: {
    help: 'Stand for election, lead until a program ends or the command is interrupted, and step down; without CANDIDATE print who leads.',
    operands: 'NAME [CANDIDATE] [--] [PROGRAM ARGUMENTS...]',
    notes: [
      'As `lock`. The candidate has to be a name that nobody else stands with; `elect NAME -- PROGRAM` takes that of the machine.',
    ],
    flags: holdFlags,
  },
  completion: {
    help: 'Print a script that has a shell complete commands, flags and keys.',
    operands: SHELLS.join('|'),
    notes: [
      'bash: `source <(cairnctl completion bash)` in ~/.bashrc. zsh: `source <(cairnctl completion zsh)` in ~/.zshrc, behind compinit. ' +
        'fish: `cairnctl completion fish | source` in ~/.config/fish/config.fish.',
    ],
  },
} as const satisfies Record<string, CtlRow>;
