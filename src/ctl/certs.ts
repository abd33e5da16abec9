/** `cairn certs`: certificates for those who try TLS out. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { ensureNamedDirectory } from '../platform/makeDirectory';
import { makeAuthority, makeCertificate, type CertificateWish } from '../tls/makeCertificates';
import { runCommand, say, UsageError, type CommandArguments } from './arguments';
import { authorityOf, CA, existingFile, isKept, store, storeWithoutKey } from './certificateFiles';

/** How much longer than a certificate its CA is valid. */
const CA_FACTOR = 10;
/** As a file, as a common name, and as a part of a command that is shown. */
const NAME = /^[A-Za-z0-9][\w.@-]{0,63}$/;
const HOST = /^(?=.{1,253}$)(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;

/** @param onStop calls what it is given once when the process is asked to stop */
export function certs(
  args: readonly string[],
  nowMs = Date.now(),
  onStop: (stop: () => void) => void = () => undefined,
): Promise<number> {
  return runCommand('certs', args, async (values) => {
    const directory = values.text('directory');
    const [server, client] = [nameIn(values, 'server'), nameIn(values, 'client')];
    if (server === client) throw new UsageError('--server and --client have the same name; give two');
    const hosts = hostsIn(values);
    const years = values.number('years');
    const mayKeep = values.choice('existing', ['keep', 'refuse']) === 'keep';
    const keepsCaKey = values.choice('ca-key', ['keep', 'discard']) === 'keep';
    await ensureNamedDirectory(directory, 0o700);
    if (!mayKeep) await refuseExisting(directory, [server, client]);
    const wishes: CertificateWish[] = [];
    for (const [commonName, its, onlyClient] of [
      [server, hosts, false],
      [client, [], true],
    ] as const) {
      const wish = { commonName, hosts: its, years, nowMs, ...(onlyClient ? { onlyFor: 'clientAuth' as const } : {}) };
      if (!(await isKept(directory, commonName, wish))) wishes.push(wish);
    }
    if (wishes.length === 0) {
      say(`${join(directory, server)}.crt and ${join(directory, client)}.crt are there and fit; they are kept.`);
      return;
    }
    const there = await authorityOf(directory);
    const ca = there ?? (await makeAuthority({ commonName: newCaName(), years: years * CA_FACTOR, nowMs }));
    // All are made before the first is written: who is interrupted leaves nothing or, but for a moment, everything.
    const made = await Promise.all(wishes.map((wish) => makeCertificate(wish, ca)));
    const written: string[] = [];
    const stopping = new AbortController();
    onStop(() => {
      stopping.abort(new Error('stopped before its end: nothing was made'));
    });
    try {
      if (there === undefined) await (keepsCaKey ? store : storeWithoutKey)(directory, CA, ca, written);
      for (const [index, { commonName }] of wishes.entries()) {
        const certificate = made[index];
        if (certificate !== undefined) await store(directory, commonName, certificate, written);
      }
      stopping.signal.throwIfAborted();
    } catch (error) {
      // Half of a pair, or a CA whose key is gone, would be refused by every run from here on.
      await Promise.all(written.map((path) => rm(path, { force: true })));
      throw error;
    }
    for (const line of instructions(directory, hosts, server, client)) say(line);
  });
}

/** Several are easily mixed up, and messages know a CA by its name. */
function newCaName(): string {
  return `Cairn trial CA ${randomBytes(4).toString('hex')}`;
}

function nameIn(values: CommandArguments, flag: string): string {
  const name = values.text(flag);
  if (NAME.test(name) && name !== CA) return name;
  throw new UsageError(
    `--${flag} ${JSON.stringify(name)} is not usable; give letters, digits, ".", "_", "-" and "@", and not "${CA}"`,
  );
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
  for (const name of names) {
    const path = await existingFile(directory, name);
    if (path === undefined) continue;
    throw new Error(
      `${path} is there already and stays as it is; give another name or another --directory, remove it, or keep it with --existing keep`,
    );
  }
}

function instructions(directory: string, hosts: readonly string[], server: string, client: string): string[] {
  const at = (name: string): string => join(directory, name);
  // A wildcard is a name of many; a line to copy wants one of them.
  const host = hosts.find((name) => !name.startsWith('*')) ?? hosts[0]?.replace('*', 'NAME') ?? 'localhost';
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
