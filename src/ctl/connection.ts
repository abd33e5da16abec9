/** How the commands reach members: where, and with which certificates. */
import { Keys } from '../client/keys';
import { endpointOf } from '../client/transport/endpoints';
import type { Built } from '../config/build';
import { clientVariables } from '../config/clientVariables';
import { loadBesides } from '../config/load';
import { peerSide } from '../config/tlsSides';
import { formatEndpoint } from '../config/urls';
import type { Dial } from '../platform/dial';
import { messageOf } from '../platform/errorMessage';
import { readPlainFileSync } from '../platform/plainFile';
import { forTerminal } from '../platform/terminalText';
import { openDialMaterial } from '../tls/dialMaterial';
import { readTlsFiles, type TlsFile } from '../tls/files';
import { TlsFileError } from '../tls/errors';
import type { TlsSide } from '../tls/side';
import { UsageError, type CommandArguments } from './arguments';
import { bareSide, orLater, SURROUNDINGS } from './filesDial';
import { memberTls } from './memberTls';
import { readUserFile } from './userFile';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Connection {
  /** Client URL, without a path. */
  readonly url: string;
  readonly dial: Dial;
  /** `NAME:PASSWORD`. */
  readonly user?: string | undefined;
}

/** Addresses that are good to listen on and not to connect to, and where to connect instead. */
const LOOPBACK_OF: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * To the client port that --url names, or else to that of the member on this machine. The files that the options name are used, or else
 * those that the member itself has, so that a check in a container needs no options. Rejects with UsageError. What is wrong with files
 * is told when https is dialled, and then only.
 */
export async function clientConnection(values: CommandArguments, environment: Environment): Promise<Connection> {
  const [url] = await namedUrls(values, environment, (name) => [values.url(name)]);
  return { ...(await endOf(url, values, environment)), user: userIn(values, environment) };
}

/** What --url says, or else the variables of etcdctl where the command heeds them; none if neither says anything. */
async function namedUrls(
  values: CommandArguments,
  environment: Environment,
  read: (name: string) => readonly string[],
): Promise<readonly string[]> {
  if (values.has('url')) return read('url');
  const said = values.valueOfVariable('url', environment);
  if (said === undefined) return [];
  values.refuseUser('url', said.variable, said.value);
  const { endpointsOfVariables } = await import('./etcdctl/endpoints.js');
  try {
    return await endpointsOfVariables({ environment, stderr: process.stderr });
  } catch (error) {
    const message = messageOf(error);
    // What DNS does not say now it may say later.
    throw environment['ETCDCTL_DISCOVERY_SRV'] ? new Error(message) : new UsageError(message);
  }
}

/** The keys of the cluster that --url leads to, with --timeout for each request. Rejects with UsageError. */
export async function keysOf(values: CommandArguments, environment: Environment): Promise<Keys> {
  return new Keys({ ...(await clientConnection(values, environment)), timeoutMs: values.number('timeout') * 1000 });
}

/** The same for a command whose --url may name several members, parted by commas. */
export async function clusterConnection(
  values: CommandArguments,
  environment: Environment,
): Promise<Connection & { readonly urls: readonly string[] }> {
  const urls = await namedUrls(values, environment, (name) => values.urls(name));
  urls.forEach(refuseMisfit);
  const end = await endOf(urls[0], values, environment);
  return { ...end, urls: urls.length > 0 ? urls : [end.url], user: userIn(values, environment) };
}

/** These are tried again and again, by a client that would refuse them each time. @throws UsageError */
function refuseMisfit(url: string): void {
  try {
    endpointOf(url);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

async function endOf(
  url: string | undefined,
  values: CommandArguments,
  environment: Environment,
): Promise<Pick<Connection, 'url' | 'dial'>> {
  const given = givenSide(values, environment);
  if (url !== undefined) {
    const dial = given === undefined ? dialAs(() => ownMember(values, environment)) : dialWith(given);
    return { url, dial: await dial };
  }
  const member = ownMember(values, environment);
  const own = listenUrlOf(member) ?? values.url('url');
  return { url: own, dial: await (given === undefined ? dialAs(() => member) : dialWith(given)) };
}

/** To any URL that has to do with no member on this machine, with the files that the options name. @throws UsageError */
export function otherConnections(values: CommandArguments, environment: Environment): Promise<Dial> {
  return dialWith(givenSide(values, environment) ?? bareSide({}));
}

/** What the file says, or else the variables that etcdctl has for it. The file wins: it shows the password to fewer. */
function userIn(values: CommandArguments, environment: Environment): string | undefined {
  const user = findUser(values, environment);
  values.asksAsUser = user !== undefined;
  return user;
}

function findUser(values: CommandArguments, environment: Environment): string | undefined {
  if (!values.knows('user-file')) return undefined;
  const file = values.file('user-file', environment);
  if (file !== undefined) return readUser(file);
  const variable = clientVariables.username.find((name) => (environment[name] ?? '') !== '');
  const user = variable === undefined ? undefined : environment[variable];
  if (user === undefined || user.indexOf(':') > 0) return user;
  throw new UsageError(`${variable} is not like NAME:PASSWORD; nobody is asked for a password here`);
}

/** `NAME:PASSWORD`, as a file has it. @throws UsageError */
export function readUser(file: { readonly option: string; readonly path: string }): string {
  try {
    return readUserFile(file, (text) => process.stderr.write(`${forTerminal(text)}\n`));
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/** To peer ports, in the same way. @throws UsageError */
export function peerConnections(values: CommandArguments, environment: Environment): Promise<Dial> {
  const given = givenSide(values, environment);
  return given === undefined
    ? orLater(() => openDialMaterial(peerSide(ownMember(values, environment).configuration), SURROUNDINGS))
    : dialWith(given);
}

/** The client certificate and the key that are named, in PEM; undefined if none are, or what a variable names cannot be read. */
export async function givenPair(
  values: CommandArguments,
  environment: Environment,
): Promise<{ readonly cert: string; readonly key: string } | undefined> {
  const files = givenSide(values, environment)?.files;
  try {
    const { certificate, key } = await readTlsFiles({ certificate: files?.certificate, key: files?.key });
    return certificate && key && { cert: certificate.text, key: key.text };
  } catch (error) {
    // What was typed has been read before, to dial with it.
    if (error instanceof TlsFileError) return undefined;
    throw error;
  }
}

function dialAs(memberOf: () => Built): Promise<Dial> {
  return orLater(async () => {
    const member = memberOf();
    const own = listenUrlOf(member);
    const tls = await memberTls(member.configuration);
    return (url) => (url.origin === own ? tls.own : tls.others);
  });
}

/** What is wrong with a file that was typed is a mistake of who typed it; what a variable names may be meant for others. @throws UsageError */
async function dialWith(side: TlsSide): Promise<Dial> {
  const open = () => openDialMaterial(side, SURROUNDINGS);
  const isTyped = Object.values(side.files).some((file?: TlsFile) => file?.option.startsWith('--'));
  if (!isTyped) return orLater(open);
  try {
    const material = await open();
    return await orLater(() => Promise.resolve(material));
  } catch (error) {
    throw error instanceof TlsFileError ? new UsageError(error.message) : error;
  }
}

/** Undefined: no option and no ETCDCTL_ variable names a file. */
function givenSide(values: CommandArguments, environment: Environment): TlsSide | undefined {
  const fileOf = (name: string): TlsFile | undefined => values.file(name, environment);
  const [authorities, certificate, key] = [fileOf('ca-file'), fileOf('cert-file'), fileOf('key-file')];
  if ((certificate === undefined) !== (key === undefined)) {
    const missing = certificate === undefined ? '--cert-file' : '--key-file';
    throw new UsageError(`a certificate and its key come together; give ${missing} too`);
  }
  if (authorities === undefined && certificate === undefined) return undefined;
  return bareSide({ authorities, certificate, key });
}

function ownMember(values: CommandArguments, environment: Environment): Built {
  const loaded = loadBesides(environment, readPlainFileSync);
  if (loaded.ok) return loaded.value;
  const others = values.knows('url') ? 'the client URL of the member with --url and its CA' : 'the CA of the members';
  throw new UsageError(
    `the configuration of the member on this machine cannot be read: ${loaded.message}; correct it, or give ${others} with --ca-file`,
  );
}

/** Where the member listens, as seen from its own machine; undefined: nothing is said about it. */
function listenUrlOf({ configuration, sources }: Built): string | undefined {
  if (sources.get('listen-client-urls')?.source === 'default') return undefined;
  const [first] = configuration.listenClientUrls;
  return first && new URL(formatEndpoint({ ...first, host: LOOPBACK_OF[first.host] ?? first.host })).origin;
}
