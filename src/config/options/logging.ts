import { parseBoolean } from '../booleans';
import { success } from '../result';
import type { Result } from '../result';
import type { ActiveOption } from './types';

/** The older switches only ever asked for more: switched off they say nothing about the level. */
function debugIfTrue(text: string): Result<string | undefined> {
  const on = parseBoolean(text);
  return on.ok ? success(on.value ? 'debug' : undefined) : on;
}

/** What the server writes about itself. */
export const loggingOptions = {
  'log-level': {
    status: 'active',
    group: 'Logging',
    kind: { type: 'enum', values: ['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'], anyCase: true },
    default: 'info',
    help: 'Least important messages that are logged. dpanic, panic and fatal are one level here.',
    spellings: [
      { name: 'debug', era: '2.3', env: 'ETCD_DEBUG', shape: 'switch', convert: debugIfTrue },
      { name: 'v', era: '0.1', env: 'ETCD_VERBOSE', shape: 'switch', convert: debugIfTrue },
      { name: 'vv', era: '0.1', env: 'ETCD_VERY_VERBOSE', shape: 'switch', convert: debugIfTrue },
      { name: 'vvv', era: '0.4', env: 'ETCD_VERY_VERY_VERBOSE', shape: 'switch', convert: debugIfTrue },
    ],
  },
  'log-format': {
    status: 'active',
    group: 'Logging',
    kind: { type: 'enum', values: ['auto', 'json', 'pretty'] },
    default: 'auto',
    help: 'How messages look: one JSON object a line, or coloured text. auto is text on a terminal and JSON elsewhere.',
  },
  'audit-log': {
    status: 'active',
    group: 'Logging',
    kind: {
      type: 'string',
      matches: /^[^\p{Cc}\u2028\u2029]{0,4096}$/u,
      expected: 'give the path of a file, or - for the standard output',
    },
    default: '',
    help:
      'File for a line of JSON about each request that changes something, takes everything or was not allowed: who, from where, what, which key and ' +
      'what came of it, never values or passwords. -: the standard output. Empty: none. A file that was moved away is begun again.',
  },
} as const satisfies Record<string, ActiveOption>;
