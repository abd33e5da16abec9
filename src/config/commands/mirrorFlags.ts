/** The options of `cairn mirror`, but for those that say where the cluster is. */
import type { CommandFlag } from './row';

export const mirrorFlags = {
  format: {
    placeholder: 'FORMAT',
    help: 'files: one for each key. env, json, yaml, properties: one with all keys.',
    default: 'files',
  },
  file: {
    placeholder: 'NAME',
    help: 'What the one file of the other formats is called.',
    default: '',
    defaultShown: '.env, config.json, config.yaml or config.properties',
  },
  'name-prefix': {
    placeholder: 'TEXT',
    help: 'What the names of variables begin with, such as APP_ (--format env).',
    default: '',
    defaultShown: 'nothing',
  },
  once: { help: 'Write it once and end, for the init container of a pod.' },
  timeout: {
    placeholder: 'SECONDS',
    help: 'With --once: how long to try. Then the last state is good too (exit code 0), unless there is none or --require-fresh (1).',
    default: '60',
    bounds: { minimum: 1, maximum: 86_400 },
  },
  'require-fresh': { help: 'Not ready with the state of an earlier run, only once the cluster was asked.' },
  missing: {
    placeholder: 'WHAT',
    help: 'If the prefix is not there: keep the last state and wait, or empty: that is no files.',
    default: 'keep',
  },
  debounce: {
    placeholder: 'MS',
    help: 'Time without a further change before changes are written.',
    default: '200',
    bounds: { minimum: 0, maximum: 3_600_000 },
  },
  'longest-wait': {
    placeholder: 'MS',
    help: 'Time after the first change when they are written, whatever comes.',
    default: '2000',
    bounds: { minimum: 0, maximum: 3_600_000 },
  },
  resync: {
    placeholder: 'SECONDS',
    help: 'Time after which the prefix is listed also without a change.',
    default: '60',
    bounds: { minimum: 1, maximum: 86_400 },
  },
  'max-keys': {
    placeholder: 'N',
    help: 'More keys are refused, and the last state stays.',
    default: '10000',
    bounds: { minimum: 1, maximum: 1_000_000 },
  },
  'max-bytes': {
    placeholder: 'N',
    help: 'More bytes of names and values are refused in the same way.',
    default: '16777216',
    bounds: { minimum: 1, maximum: 268_435_456 },
  },
  mode: { placeholder: 'MODE', help: 'Of the files, in octal.', default: '644' },
  'directory-mode': { placeholder: 'MODE', help: 'Of the directories, in octal.', default: '755' },
  exec: {
    placeholder: 'COMMAND',
    help: 'Run after a change, one at a time. Split into words at blanks, quotes hold them together; no shell is asked.',
    default: '',
    defaultShown: 'none',
  },
  'exec-shell': { help: 'Give the command of --exec to /bin/sh.' },
  'exec-timeout': {
    placeholder: 'SECONDS',
    help: 'Time after which the command and what it started are ended.',
    default: '60',
    bounds: { minimum: 1, maximum: 86_400 },
  },
  signal: {
    placeholder: 'NAME',
    help: 'Instead of a command: send this signal, such as HUP, to the process of --pid-file.',
    default: '',
    defaultShown: 'none',
  },
  'pid-file': {
    placeholder: 'FILE',
    help: 'Holds the number of that process; it is read each time.',
    default: '',
    defaultShown: 'none',
  },
  'ready-file': {
    placeholder: 'FILE',
    help: 'Is there for as long as programs may read the directory. Best on a volume of this pod.',
    default: '',
    defaultShown: 'none',
  },
  'metrics-listen': {
    placeholder: 'HOST:PORT',
    help: 'Where /metrics, /livez and /readyz are served.',
    default: '',
    defaultShown: 'nowhere',
  },
} as const satisfies Record<string, CommandFlag>;
