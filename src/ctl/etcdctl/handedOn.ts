/** What stands before a command of `cairn` goes along with it: `cairnctl --endpoints URL doctor` is `cairn doctor --url URL`. */
import { globalFlags } from '../../config/ctl/globalFlags';
import { endpointsOf } from './endpoints';
import { EXIT } from './exitCodes';
import { Failure } from './failures';
import type { FlagValues } from './flagValues';
import type { Io } from './io';
import type { OtherToRun } from './cairnctl';
import { userOf } from './userCredentials';

type Global = keyof typeof globalFlags;

/** Those that say the same under the same name. */
const SAME: readonly Global[] = ['ca-file', 'cert-file', 'key-file', 'user-file', 'output'];
const WHERE: readonly Global[] = ['endpoints', 'endpoint', 'peers', 'discovery-srv'];

/** What a command of `cairn` is started with. */
export interface HandedOn {
  readonly args: readonly string[];
  /** Beside those of the process; passwords are in none of the arguments, which all can see. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The arguments, and before them what the flags say; what the arguments say counts more. Variables that name a cluster or a user `cairn` looks at
 * itself. Rejects with Failure for a flag that the command has no use for.
 *
 * @param flags - the names of those that the command has
 * @param takesSeveralUrls - whether --url may name several members, given the arguments
 */
export async function handedOn(
  io: Io,
  { word, args, globals }: { readonly word: string; readonly args: readonly string[]; readonly globals: FlagValues },
  { flags, takesSeveralUrls }: Pick<OtherToRun, 'flags' | 'takesSeveralUrls'>,
): Promise<HandedOn> {
  if (args.some((argument) => /^--?h(?:elp)?$/.test(argument))) return { args, variables: {} };
  const names = Object.keys(globalFlags) as Global[];
  const unused = names.find((name) => globals.has(name) && !isOfUse(name, globals, flags));
  if (unused !== undefined) throw new Failure(EXIT.badArguments, sayUnused(unused, word, flags));
  const before = SAME.filter((name) => globals.has(name)).map((name) => `--${name}=${globals.text(name)}`);
  if (globals.has('timeout')) before.push(`--timeout=${secondsOf(globals, word)}`);
  const user = globals.has('username') ? await userOf(io, globals) : undefined;
  const variables = user === undefined ? {} : { ETCDCTL_USERNAME: user, ETCDCTL_USER_FILE: '' };
  const isSaid = !flags.includes('url') || args.some((argument) => /^--?url(?:=|$)/.test(argument));
  if (isSaid || !WHERE.some((name) => globals.has(name))) return { args: [...before, ...args], variables };
  const urls = await endpointsOf(io, globals);
  return {
    args: [...before, `--url=${takesSeveralUrls(args) ? urls.join(',') : (urls[0] ?? '')}`, ...args],
    variables,
  };
}

function isOfUse(name: Global, globals: FlagValues, flags: readonly string[]): boolean {
  if (SAME.includes(name) || name === 'timeout') return flags.includes(name);
  if (name === 'username') return flags.includes('user-file');
  const isWhere = WHERE.includes(name) || (name === 'insecure-discovery' && globals.has('discovery-srv'));
  return isWhere && flags.includes('url');
}

function sayUnused(name: Global, word: string, flags: readonly string[]): string {
  const has = flags.length === 0 ? 'no flags' : flags.map((flag) => `--${flag}`).join(', ');
  const why = name === 'username' ? ', which asks as no user' : '';
  return `--${name} says nothing to ${word}${why}: leave it out; what ${word} has stands behind it: ${has}`;
}

/** Commands of `cairn` count in whole seconds. */
function secondsOf(globals: FlagValues, word: string): number {
  const seconds = globals.durationMs('timeout') / 1000;
  if (Number.isInteger(seconds) && seconds > 0) return seconds;
  throw new Failure(EXIT.badArguments, `--timeout of ${word} is in whole seconds, such as --timeout 5s before it`);
}
