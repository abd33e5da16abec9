import { findFlag } from './options';
import type { Named } from './options';

/** Where somebody wrote a value. */
export type WrittenOrigin =
  | { readonly source: 'flag'; readonly flag: string }
  | { readonly source: 'environment'; readonly variable: string }
  | { readonly source: 'file'; readonly path: string; readonly line: number; readonly key: string }
  /** Nobody wrote it: the command that runs has a default of its own. */
  | { readonly source: 'command'; readonly command: string };

/** Where a value came from. */
export type Origin = WrittenOrigin | { readonly source: 'default' };

/** One value that somebody wrote, still as text and under the name they used. */
export interface Setting {
  readonly named: Named;
  readonly text: string;
  readonly origin: WrittenOrigin;
}

/** How a message names the place: `--name`, `ETCD_NAME`, `cairn.yaml:3: name`. */
export function place(origin: WrittenOrigin): string {
  switch (origin.source) {
    case 'flag':
      return origin.flag;
    case 'environment':
      return origin.variable;
    case 'file':
      return `${origin.path}:${origin.line}: ${origin.key}`;
    case 'command':
      return `the default of ${origin.command}`;
  }
}

/** How --print-config says where a value came from. */
export function describeOrigin(origin: Origin): string {
  switch (origin.source) {
    case 'default':
      return 'default';
    case 'command':
      return `default of ${origin.command}`;
    case 'file':
      return `from ${origin.path}:${origin.line}`;
    case 'flag':
    case 'environment':
      return `from ${place(origin)}`;
  }
}

/**
 * Everything that was written, the strongest first: flags before variables before the file. A later flag wins over an
 * earlier one; in the environment and in a file, where there is no order, today's name wins over an older spelling.
 */
export function byStrength(sources: {
  readonly flags: readonly Setting[];
  readonly environment: readonly Setting[];
  readonly file: readonly Setting[];
}): Setting[] {
  return [...sources.flags.toReversed(), ...currentNamesFirst(sources.environment), ...currentNamesFirst(sources.file)];
}

function currentNamesFirst(settings: readonly Setting[]): Setting[] {
  const older = (setting: Setting): boolean => setting.named.spelling !== undefined;
  return [...settings.filter((setting) => !older(setting)), ...settings.filter(older)];
}

/** A setting that stands for another one, as if today's name had been written in the same place. */
export function restate(setting: Setting, name: string, text: string): Setting {
  const named = findFlag(name);
  if (named === undefined) throw new Error(`there is no option ${name}`);
  return { named, text, origin: setting.origin };
}
