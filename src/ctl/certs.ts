/** `cairn certs`: certificates for those who try TLS out. */
import { createPrivateKey } from 'node:crypto';
import { access, mkdir, open, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { codeOf } from '../platform/errorCode';
import { readPlainFile } from '../platform/plainFile';
import { makeAuthority, makeCertificate, type CertificateWish, type MadeCertificate } from '../tls/makeCertificates';
import { runCommand, say, UsageError, type CommandArguments } from './arguments';

const CA = 'ca';
/** How much longer than a certificate its CA is valid. */
const CA_FACTOR = 10;
/** As a file, as a common name, and as a part of a command that is shown. */
const NAME = /^[A-Za-z0-9][\w.@-]{0,63}$/;
const HOST = /^(?=.{1,253}$)(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;

export function certs(args: readonly string[], nowMs = Date.now()): Promise<number> {
  return runCommand('certs', args, async (values) => {
    const directory = values.text('directory');
    const [server, client] = [nameIn(values, 'server'), nameIn(values, 'client')];
    if (server === client) throw new UsageError('--server and --client have the same name; give two');
    const hosts = hostsIn(values);
    const years = values.number('years');
    const keepsKey = keepsCaKey(values);
    const wish = (commonName: string): CertificateWish => ({ commonName, hosts, years, nowMs });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await refuseExisting(directory, [server, client]);
    const ca = await authorityIn(directory, keepsKey, {
      commonName: 'Cairn trial CA',
      years: years * CA_FACTOR,
      nowMs,
    });
    await store(directory, server, await makeCertificate(wish(server), ca));
    await store(directory, client, await makeCertificate({ ...wish(client), hosts: [] }, ca));
    for (const line of instructions(directory, hosts, server, client)) say(line);
  });
}

function nameIn(values: CommandArguments, flag: string): string {
  const name = values.text(flag);
  if (NAME.test(name) && name !== CA) return name;
  throw new UsageError(
    `--${flag} ${JSON.stringify(name)} is not usable; give letters, digits, ".", "_", "-" and "@", and not "${CA}"`,
  );
}

function keepsCaKey(values: CommandArguments): boolean {
  const what = values.text('ca-key');
  if (what === 'keep' || what === 'discard') return what === 'keep';
  throw new UsageError(`--ca-key ${JSON.stringify(what)}: give keep or discard`);
}

function hostsIn(values: CommandArguments): readonly string[] {
  const hosts = values
    .text('hosts')
    .split(',')
    .map((host) => host.trim());
  const wrong = hosts.find((host) => isIP(host) === 0 && !HOST.test(host));
  if (wrong !== undefined) {
    throw new UsageError(
      `--hosts: ${JSON.stringify(wrong)} is neither a name nor an address; give them separated by commas`,
    );
  }
  const own = hostname();
  return values.has('hosts') || !HOST.test(own) ? hosts : [...new Set([...hosts, own])];
}

async function refuseExisting(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names.flatMap((each) => [`${each}.crt`, `${each}.key`])) {
    const path = join(directory, name);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere)
      throw new Error(
        `${path} is there already and stays as it is; give another name or another --directory, or remove it`,
      );
  }
}

/** The CA of the directory, made if there is none. */
async function authorityIn(
  directory: string,
  keepsKey: boolean,
  wish: Omit<CertificateWish, 'hosts'>,
): Promise<MadeCertificate> {
  const [certificate, key] = await Promise.all([read(directory, `${CA}.crt`), read(directory, `${CA}.key`)]);
  if (certificate !== undefined && key !== undefined) {
    refuseOtherKey(join(directory, `${CA}.key`), key);
    return { certificate, key };
  }
  if (certificate !== undefined || key !== undefined) {
    throw new Error(
      `of ${join(directory, CA)}.crt and .key only one is there, and both are needed to sign; add the other, or give another --directory`,
    );
  }
  const made = await makeAuthority(wish);
  if (keepsKey) await store(directory, CA, made);
  else await write(join(directory, `${CA}.crt`), made.certificate, 0o644);
  return made;
}

/** It signs with the kind of key that it makes. */
function refuseOtherKey(path: string, text: string): void {
  let curve: string | undefined;
  try {
    curve = createPrivateKey(text).asymmetricKeyDetails?.namedCurve;
  } catch {
    // Damaged, or encrypted.
  }
  if (curve === 'prime256v1' && text.includes('BEGIN PRIVATE KEY')) return;
  throw new Error(
    `${path} is no key that this command made; sign with the CA that you have by its own tools, or give another --directory`,
  );
}

async function read(directory: string, name: string): Promise<string | undefined> {
  try {
    return await readPlainFile(join(directory, name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The key can only be read by who made it. */
async function store(directory: string, name: string, { certificate, key }: MadeCertificate): Promise<void> {
  await write(join(directory, `${name}.key`), key, 0o600);
  await write(join(directory, `${name}.crt`), certificate, 0o644);
}

/** Fails if it is there. */
async function write(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function instructions(directory: string, hosts: readonly string[], server: string, client: string): string[] {
  const at = (name: string): string => join(directory, name);
  const host = hosts[0] ?? 'localhost';
  const url = `https://${host.includes(':') ? `[${host}]` : host}:2379`;
  return [
    `Made ${at(`${server}.crt`)} for ${hosts.join(', ')}, and ${at(`${client}.crt`)} for a client.`,
    '',
    'A member:',
    `  cairn --listen-client-urls ${url} --advertise-client-urls ${url} \\`,
    `    --cert-file ${at(`${server}.crt`)} --key-file ${at(`${server}.key`)} \\`,
    `    --client-cert-auth --trusted-ca-file ${at('ca.crt')}`,
    'A client:',
    `  curl --cacert ${at('ca.crt')} --cert ${at(`${client}.crt`)} --key ${at(`${client}.key`)} ${url}/v2/keys/`,
    '',
    'docs/tls.md tells the rest: the same between members, and what to do where it matters.',
  ];
}
