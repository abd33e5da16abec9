/** Where the cluster is, as flags and variables say it. */
import { DEFAULT_ENDPOINTS, globalFlags } from '../../config/ctl/globalFlags';
import type { CtlFlag } from '../../config/ctl/row';
import { quote } from '../../config/text';
import { withoutTrailingSlashes } from '../../platform/trailingSlashes';
import { EXIT } from './exitCodes';
import { Failure } from './failures';
import { FlagValues } from './flagValues';
import { complain, type Io } from './io';
import { srvEndpoints } from './srvEndpoints';

/** What of a process says where the cluster is. */
type Surroundings = Pick<Io, 'environment' | 'stderr'>;

/** A flag wins over the variables of the table; empty if neither is there. */
export function given(io: Pick<Io, 'environment'>, globals: FlagValues, name: keyof typeof globalFlags): string {
  const flag = globals.text(name);
  if (flag !== '') return flag;
  const { variables = [] }: CtlFlag = globalFlags[name];
  return variables.map((variable) => io.environment[variable] ?? '').find((text) => text !== '') ?? '';
}

/** URLs, one at least. Rejects with Failure. */
export function endpointsOf(io: Surroundings, globals: FlagValues): Promise<readonly string[]> {
  return namedEndpoints(io, globals, DEFAULT_ENDPOINTS, '--endpoints');
}

/** Those that variables alone name, for the commands of `cairn`; none if there is no such variable. Rejects with Failure. */
export function endpointsOfVariables(io: Surroundings): Promise<readonly string[]> {
  return namedEndpoints(io, new FlagValues(globalFlags), '', '--url');
}

/** @param instead - the flag that can be given where DNS knows nobody */
async function namedEndpoints(
  io: Surroundings,
  globals: FlagValues,
  byDefault: string,
  instead: string,
): Promise<readonly string[]> {
  const found = await srvEndpoints(io, {
    domain: given(io, globals, 'discovery-srv'),
    takesPlain: globals.isOn('insecure-discovery') || given(io, globals, 'insecure-discovery') !== '',
    instead,
  });
  if (found.length > 0) return found;
  const text =
    [given(io, globals, 'endpoints'), given(io, globals, 'endpoint'), given(io, globals, 'peers')].find(
      (urls) => urls !== '',
    ) ?? byDefault;
  return text === '' ? [] : text.split(',').map((part) => endpointOf(io, part.trim(), text));
}

const USER_IN_URL = /(?<=^[a-z]+:\/\/)[^/?#]*@/i;

/**
 * `http://` may be left out. A user is left out too: etcdctl sends none of a URL, in silence. @throws Failure
 *
 * @param all - a password with a comma is in several parts of it
 */
function endpointOf(io: Surroundings, text: string, all: string): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.hostname === '') {
    const shown = quote(all.includes('@') ? all : text);
    throw new Failure(
      EXIT.badArguments,
      `the endpoint ${shown} is no URL of a member; write it like http://127.0.0.1:2379`,
    );
  }
  const bare = url.replace(USER_IN_URL, '');
  if (bare !== url)
    complain(io, `Warning: the user in the endpoint ${quote(url)} is not sent; give --user-file or --username`);
  return withoutTrailingSlashes(bare);
}
