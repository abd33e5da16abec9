/** The way to the cluster that the flags and variables name. */
import { dialTcp, type Dial } from '../../platform/dial';
import { Cluster, type DialFor } from './cluster';
import { userOf } from './userCredentials';
import { endpointsOf, given } from './endpoints';
import { EXIT } from './exitCodes';
import { ClusterError, Failure, messageOf } from './failures';
import type { FlagValues } from './flagValues';
import { complain, type Io } from './io';
import { keyFailure } from './report';

export interface Reached {
  readonly cluster: Cluster;
  readonly dialFor: DialFor;
}

/** Rejects with Failure. */
export async function reach(io: Io, globals: FlagValues): Promise<Reached> {
  const endpoints = await endpointsOf(io, globals);
  const dialFor = await dialOf(io, globals);
  const cluster = new Cluster({
    ...{ endpoints, dialFor, user: await userOf(io, globals) },
    timeoutMs: globals.durationMs('timeout'),
    totalTimeoutMs: globals.durationMs('total-timeout'),
    debug: globals.isOn('debug')
      ? (line) => {
          complain(io, line);
        }
      : undefined,
  });
  return { cluster, dialFor };
}

/** Finds the members out unless --no-sync is there. Rejects with Failure if nobody is reached, or no member publishes a URL. */
export async function findMembers(io: Io, globals: FlagValues, cluster: Cluster): Promise<void> {
  const say = (line: string): void => {
    if (globals.isOn('debug')) complain(io, line);
  };
  const shown = (): string => cluster.endpoints.join(',');
  if (!globals.isOn('no-sync')) {
    say(`start to sync cluster using endpoints(${shown()})`);
    await sync(cluster);
    say(`got endpoints(${shown()}) after sync`);
  }
  showEndpoints(io, globals, cluster);
}

/** For --debug. */
export function showEndpoints(io: Io, globals: FlagValues, { endpoints }: Cluster): void {
  if (globals.isOn('debug')) complain(io, `Cluster-Endpoints: ${endpoints.join(', ')}`);
}

async function sync(cluster: Cluster): Promise<void> {
  let outcome: Awaited<ReturnType<Cluster['sync']>>;
  try {
    outcome = await cluster.sync();
  } catch (error) {
    // Whoever cannot list members may still serve keys.
    if (error instanceof ClusterError && error.isConnection) throw keyFailure(error, EXIT.badConnection);
    return;
  }
  if (outcome === 'synced') return;
  throw new Failure(
    EXIT.serverError,
    'etcd cluster has no published client endpoints.\n' +
      `Try '--no-sync' if you want to access non-published client endpoints(${cluster.endpoints.join(',')}).\n` +
      'Error:  client: no endpoints available',
  );
}

/** TLS is loaded only where it is spoken or its files are named. */
async function dialOf(io: Io, globals: FlagValues): Promise<DialFor> {
  const fileOf = (option: 'ca-file' | 'cert-file' | 'key-file') => {
    const path = given(io, globals, option);
    return path === '' ? undefined : { option: `--${option}`, path };
  };
  const [authorities, certificate, key] = [fileOf('ca-file'), fileOf('cert-file'), fileOf('key-file')];
  if ((certificate === undefined) !== (key === undefined)) {
    throw new Failure(
      EXIT.badArguments,
      `KeyFile and CertFile must both be present[key: ${key?.path ?? ''}, cert: ${certificate?.path ?? ''}]`,
    );
  }
  let tls: Promise<Dial> | undefined;
  const openTls = (): Promise<Dial> =>
    (tls ??= import('../filesDial.js').then(({ filesDial }) => filesDial({ authorities, certificate, key })));
  if (authorities !== undefined || certificate !== undefined) {
    await openTls().catch((error: unknown) => {
      throw new Failure(EXIT.badArguments, messageOf(error));
    });
  }
  return (endpoint) => (endpoint.startsWith('https:') ? openTls() : Promise.resolve(dialTcp));
}
