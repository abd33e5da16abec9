/** What is said of options that a command does not have, or that lack their value; node:util has words of its own for that. Pure. */
import { nearest } from '../config/nearest';
import { quote } from '../config/text';
import { withoutUsers } from '../platform/withoutUsers';

/** What is known of the options of a command: whether each takes a value, by all names that it has. */
export type KnownOptions = ReadonlyMap<string, { readonly takesValue: boolean }>;

/** One dash serves as well as two, as everywhere in Cairn; what stands behind `--` is left alone. */
export function withTwoDashes(args: readonly string[], known: KnownOptions): readonly string[] {
  const end = args.indexOf('--');
  return args.map((argument, at) => {
    const [, name = ''] = /^-([a-z][a-z-]+)(?:=[^]*)?$/.exec(argument) ?? [];
    return known.has(name) && (end < 0 || at < end) ? `-${argument}` : argument;
  });
}

/** Undefined: node:util complains of something else. */
export function optionMistake(args: readonly string[], known: KnownOptions): string | undefined {
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    if (argument === '--') return undefined;
    const [, dashes = '', name = '', attached] = /^(--?)([^=]+)(=[^]*)?$/.exec(argument) ?? [];
    if (dashes === '' || argument === '-') continue;
    const option = dashes === '--' ? known.get(name) : undefined;
    if (option === undefined) return unknownOption(`${dashes}${name}`, name, known);
    if (!option.takesValue) {
      if (attached !== undefined)
        return `--${name} is a switch and takes no value; leave ${withoutUsers(attached)} out`;
      continue;
    }
    if (attached !== undefined) continue;
    const value = args[++at];
    if (value === undefined) return `--${name} needs a value and is the last argument; write --${name}=VALUE`;
    if (value.startsWith('-') && value !== '-')
      return `--${name} needs a value but is followed by ${quote(value)}; write --${name}=VALUE`;
  }
  return undefined;
}

function unknownOption(written: string, name: string, known: KnownOptions): string {
  const meant = nearest(name, [...known.keys()]);
  const question = meant === undefined ? '' : `; did you mean --${meant}?`;
  // Of a long word only the beginning: it may be what was meant for something else.
  return `there is no option ${JSON.stringify(withoutUsers(written).slice(0, 40))}${question}`;
}
