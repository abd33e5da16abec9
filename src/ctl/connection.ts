/** How the commands reach members: where, and with which certificates. */
import { Keys } from '../client/keys';
import { endpointOf } from '../client/transport/endpoints';
import type { Built } from '../config/build';
import { clientVariables } from '../config/clientVariables';
import { loadBesides } from '../config/load';
import type { Dial } from '../platform/dial';
import { messageOf } from '../platform/errorMessage';
import { readPlainFileSync } from '../platform/plainFile';
import { forTerminal } from '../platform/terminalText';
import { readTlsFiles, type TlsFile } from '../tls/files';
import { TlsFileError } from '../tls/errors';
import { UsageError, type CommandArguments } from './arguments';
import { dialClients, dialPeers, dialWith, listenUrlOf, type GivenFiles } from './besideMember';
import { readUserFile } from './userFile';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Connection {
  /** Client URL, without a path. */
  readonly url: string;
  readonly dial: Dial;
  /** `NAME:PASSWORD`. */
  readonly user?: string | undefined;
}

/**
 * To the client port that --url names, or else to that of the member on this machine. The CAs that the option
 * names are used, or else those that the member itself has, and likewise the certificate with its key: a check in a container needs no options. Rejects with UsageError. What is wrong with files
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
  const given = givenFiles(values, environment);
  if (url !== undefined) return { url, dial: await dialClients(given, () => ownMember(values, environment)) };
  const member = ownMember(values, environment);
  const own = listenUrlOf(member) ?? values.url('url');
  return { url: own, dial: await dialClients(given, () => member) };
}

/** To any URL that has to do with no member on this machine, with the files that the options name. @throws UsageError */
export function otherConnections(values: CommandArguments, environment: Environment): Promise<Dial> {
  return dialWith(givenFiles(values, environment));
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
  return dialPeers(givenFiles(values, environment), () => ownMember(values, environment));
}

/** The client certificate and the key that are named, in PEM; undefined if none are, or what a variable names cannot be read. */
export async function givenPair(
  values: CommandArguments,
  environment: Environment,
): Promise<{ readonly cert: string; readonly key: string } | undefined> {
  const files = givenFiles(values, environment);
  try {
    const { certificate, key } = await readTlsFiles({ certificate: files.certificate, key: files.key });
    return certificate && key && { cert: certificate.text, key: key.text };
  } catch (error) {
    // What was typed has been read before, to dial with it.
    if (error instanceof TlsFileError) return undefined;
    throw error;
  }
}

/** What options and ETCDCTL_ variables name. @throws UsageError */
function givenFiles(values: CommandArguments, environment: Environment): GivenFiles {
  const fileOf = (name: string): TlsFile | undefined => values.file(name, environment);
  const [authorities, certificate, key] = [fileOf('ca-file'), fileOf('cert-file'), fileOf('key-file')];
  if ((certificate === undefined) !== (key === undefined)) {
    const missing = certificate === undefined ? '--cert-file' : '--key-file';
    throw new UsageError(`a certificate and its key come together; give ${missing} too`);
  }
  return { authorities, certificate, key };
}

function ownMember(values: CommandArguments, environment: Environment): Built {
  const loaded = loadBesides(environment, readPlainFileSync);
  if (loaded.ok) return loaded.value;
  const others = values.knows('url') ? 'the client URL of the member with --url and its CA' : 'the CA of the members';
  throw new UsageError(
    `the configuration of the member on this machine cannot be read: ${loaded.message}; correct it, or give ${others} with --ca-file`,
  );
}
