/** cairnctl's commands that etcdctl has not. */
import type { CtlRow } from './row';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

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
  completion: {
    help: 'Print a script that has a shell complete commands, flags and keys.',
    operands: SHELLS.join('|'),
    notes: [
      'bash: `source <(cairnctl completion bash)` in ~/.bashrc. zsh: `source <(cairnctl completion zsh)` in ~/.zshrc, behind compinit. ' +
        'fish: `cairnctl completion fish | source` in ~/.config/fish/config.fish.',
    ],
  },
} as const satisfies Record<string, CtlRow>;
