/** What stands before a command of `cairn` goes along with it: `cairnctl --endpoints URL doctor` is `cairn doctor --url URL`. */
import { globalFlags } from '../../config/ctl/globalFlags';
import { endpointsOf, given } from './endpoints';
import { EXIT } from './exitCodes';
import { Failure } from './failures';
import type { FlagValues } from './flagValues';
import type { Io } from './io';
import type { OtherToRun } from './cairnctl';

type Global = keyof typeof globalFlags;

/** Those that say the same under the same name. */
const SAME: readonly Global[] = ['ca-file', 'cert-file', 'key-file', 'user-file', 'output'];
const WHERE: readonly Global[] = ['endpoints', 'endpoint', 'peers', 'discovery-srv'];

/**
 * The arguments, and before them what the flags say; also the variables that name endpoints, which `cairn` itself does not look at. What
 * the arguments say counts more. Rejects with Failure for a flag that the command has no use for.
 *
 * @param flags - the names of those that the command has
 * @param usesUrl - whether --url says something to it, given its arguments
 * @param takesSeveralUrls - whether it may name several members
 */
export async function handedOn(
  io: Io,
  { word, args, globals }: { readonly word: string; readonly args: readonly string[]; readonly globals: FlagValues },
  { flags, usesUrl, takesSeveralUrls }: Pick<OtherToRun, 'flags' | 'usesUrl' | 'takesSeveralUrls'>,
): Promise<readonly string[]> {
  if (args.some((argument) => /^--?h(?:elp)?$/.test(argument))) return args;
  const names = Object.keys(globalFlags) as Global[];
  const unused = names.find(
    (name) => globals.has(name) && !(SAME.includes(name) && flags.includes(name)) && !isPlace(name, globals, flags),
  );
  if (unused !== undefined) {
    throw new Failure(
      EXIT.badArguments,
      `--${unused} before ${word} says nothing to it; see cairnctl ${word} --help for the flags behind it`,
    );
  }
  const before = SAME.filter((name) => globals.has(name)).map((name) => `--${name}=${globals.text(name)}`);
  const isSaid = flags.includes('url') && !args.some((argument) => /^--?url(?:=|$)/.test(argument));
  // Of a flag that says nothing the command complains; a variable is set for others too.
  const isNamed = WHERE.some((name) => globals.has(name) || (usesUrl(args) && given(io, globals, name) !== ''));
  if (!isSaid || !isNamed) return [...before, ...args];
  const urls = await endpointsOf(io, globals);
  return [...before, `--url=${takesSeveralUrls(args) ? urls.join(',') : (urls[0] ?? '')}`, ...args];
}

function isPlace(name: Global, globals: FlagValues, flags: readonly string[]): boolean {
  const isWhere = WHERE.includes(name) || (name === 'insecure-discovery' && globals.has('discovery-srv'));
  return isWhere && flags.includes('url');
}
