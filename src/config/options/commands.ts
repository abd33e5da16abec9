import type { CommandOption } from './types';

/** What to do instead of running, and where to read the rest from. */
export const commandOptions = {
  'config-file': {
    status: 'command',
    shape: 'value',
    env: 'ETCD_CONFIG_FILE',
    help: 'YAML file with options; its keys are the names of the flags. Flags and variables win over it.',
  },
  'print-config': {
    status: 'command',
    shape: 'switch',
    help: 'Print the configuration that would be used, as a YAML file that says where each value came from, and exit.',
  },
  version: {
    status: 'command',
    shape: 'switch',
    help: 'Print the version and exit.',
  },
  help: {
    status: 'command',
    shape: 'switch',
    help: 'Print this help and exit.',
    spellings: [{ name: 'h', era: '2.3', shape: 'switch', convert: 'same' }],
  },
} as const satisfies Record<string, CommandOption>;
