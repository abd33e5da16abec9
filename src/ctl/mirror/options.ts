/** What `cairn mirror` was asked for, checked. */
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { parseEndpoint } from '../../config/urls';
import { commandWords } from '../../mirror/commandWords';
import type { Hook } from '../../mirror/hooks/hook';
import type { Address } from '../../mirror/metricsServer';
import type { MirrorSettings } from '../../mirror/mirror';
import { FILE_NAMES, FORMATS, type Form, type Format } from '../../mirror/plan';
import { UsageError, type CommandArguments } from '../arguments';
import { prefixOf } from '../prefix';

export interface MirrorOptions {
  readonly settings: MirrorSettings;
  readonly hook: Hook | undefined;
  readonly readyFile: string | undefined;
  readonly metricsAddress: Address | undefined;
  readonly requireFresh: boolean;
  /** Undefined: it goes on until it is stopped. */
  readonly onceWithinMs: number | undefined;
}

/** @throws UsageError */
export function mirrorOptions(values: CommandArguments): MirrorOptions {
  const debounce = { quietMs: values.number('debounce'), longestMs: values.number('longest-wait') };
  if (debounce.longestMs < debounce.quietMs) {
    throw new UsageError('--longest-wait is less than --debounce; give at least as much');
  }
  const timeoutMs = values.number('timeout') * 1000;
  return {
    settings: {
      // Commands that are run may be anywhere.
      directory: resolve(values.text('to')),
      prefix: prefixOf(values.operand('PREFIX'), 'PREFIX') || '/',
      form: formIn(values),
      modes: { file: modeIn(values, 'mode', 0o400), directory: modeIn(values, 'directory-mode', 0o700) },
      limits: { keysMax: values.number('max-keys'), bytesMax: values.number('max-bytes') },
      missing: values.choice('missing', ['keep', 'empty']),
      debounce,
      resyncMs: values.number('resync') * 1000,
    },
    hook: hookIn(values),
    readyFile: optional(values, 'ready-file'),
    metricsAddress: addressIn(values),
    requireFresh: values.isOn('require-fresh'),
    onceWithinMs: values.isOn('once') ? timeoutMs : undefined,
  };
}

function optional(values: CommandArguments, name: string): string | undefined {
  return values.has(name) ? values.text(name) : undefined;
}

function formIn(values: CommandArguments): Form {
  const format = values.choice<Format>('format', FORMATS);
  const [file, namePrefix] = [optional(values, 'file'), optional(values, 'name-prefix')];
  if (namePrefix !== undefined && format !== 'env') throw new UsageError('--name-prefix is for --format env only');
  if (namePrefix !== undefined && !/^[A-Za-z_]\w*$/.test(namePrefix)) {
    throw new UsageError('--name-prefix has to be a letter, with letters, digits and _ behind it');
  }
  if (format === 'files') {
    if (file === undefined) return { format };
    throw new UsageError(
      '--file names the one file of --format env, json, yaml or properties; with files each key has its own',
    );
  }
  if (file !== undefined && (/[/\0]/.test(file) || file.startsWith('..') || file === '.')) {
    throw new UsageError(
      '--file has to be a name without slashes that does not begin with two dots; --to says where it is',
    );
  }
  return { format, file: file ?? FILE_NAMES[format], namePrefix: namePrefix ?? '' };
}

/** @param needed - without which the mirror could not go on */
function modeIn(values: CommandArguments, name: string, needed: number): number {
  const text = values.text(name);
  const mode = /^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : 0;
  if ((mode & needed) === needed) return mode;
  throw new UsageError(
    `--${name} ${JSON.stringify(text)}: give three octal digits, of which the first has ${needed.toString(8)[0] ?? ''}`,
  );
}

function hookIn(values: CommandArguments): Hook | undefined {
  const [line, signal, pidFile] = [optional(values, 'exec'), optional(values, 'signal'), optional(values, 'pid-file')];
  if (line !== undefined && signal !== undefined) throw new UsageError('--exec and --signal: give one of them');
  if (line === undefined && values.isOn('exec-shell'))
    throw new UsageError('--exec-shell is for --exec; --exec is missing');
  const timeoutMs = values.number('exec-timeout') * 1000;
  if (line !== undefined) {
    const words = values.isOn('exec-shell') ? ['/bin/sh', '-c', line] : commandWords(line);
    if (words === undefined) throw new UsageError('--exec has a quote that is not closed, or ends with a backslash');
    if (words.length === 0) throw new UsageError('--exec is missing: it holds blanks only');
    return { kind: 'command', words, timeoutMs };
  }
  if ((signal === undefined) !== (pidFile === undefined)) {
    throw new UsageError(
      `--signal and --pid-file come together; --${signal === undefined ? 'signal' : 'pid-file'} is missing`,
    );
  }
  if (signal === undefined || pidFile === undefined) return undefined;
  return { kind: 'signal', signal: signalNamed(signal), pidFile };
}

function signalNamed(text: string): NodeJS.Signals {
  const name = text.toUpperCase().replace(/^(SIG)?/, 'SIG');
  if (isSignal(name)) return name;
  throw new UsageError(`--signal ${JSON.stringify(text)} is no signal here; give a name such as HUP, USR1 or TERM`);
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name);
}

function addressIn(values: CommandArguments): Address | undefined {
  const text = optional(values, 'metrics-listen');
  if (text === undefined) return undefined;
  const parsed = parseEndpoint(`http://${text}`, 'listen');
  if (parsed.ok) return parsed.value;
  throw new UsageError(`--metrics-listen ${JSON.stringify(text)}: write it as HOST:PORT, such as 0.0.0.0:9380`);
}
