/** `cairn migrate`: from etcd to Cairn while the source is in use. */
import { createInterface } from 'node:readline';
import { createClient, type Client } from '../../client/client';
import { credentialsOf } from '../../client/credentials';
import type { StoreIndexes } from '../../client/keyEvent';
import { runCommand, say, type CommandArguments } from '../arguments';
import { clientConnection, otherConnections, readUser, type Environment } from '../connection';
import { Migration } from './migration';
import { sameCluster } from './sameCluster';
import { MigrationError } from './target';

/** A listing of a whole store is the longest answer there is. */
const ANSWER_BYTES_MAX = 512 * 1024 * 1024;

/** Only a terminal has an Enter that is heard. */
function switchWords(hasTerminal: boolean): string {
  const how = hasTerminal ? 'press Enter here (or send SIGUSR1)' : `send SIGUSR1 to process ${process.pid}`;
  return `when all is copied: stop whatever writes to the source, then ${how}; Ctrl-C leaves the target unfinished, and running this again goes on`;
}

export interface MigrateSurroundings {
  /** Calls `stop` once when the process is asked to stop. */
  readonly onStop: (stop: () => void) => void;
}

/**
 * `cairn migrate --from URL [--url URL] [--once] [--overwrite] [--from-user-file FILE]`: exits with 0 when the target holds everything that the source does,
 * with its TTLs, at an index above that of the source.
 */
export function migrate(
  args: readonly string[],
  surroundings: MigrateSurroundings,
  environment: Environment = process.env,
): Promise<number> {
  return runCommand('migrate', args, async (values) => {
    const target = await targetClient(values, environment);
    const source = await sourceClient(values, environment);
    const [stop, finish] = [new AbortController(), new AbortController()];
    surroundings.onStop(() => {
      stop.abort(
        new Error('stopped: keys may be missing in the target, or lack their TTL; running this again goes on'),
      );
    });
    const unlisten = listenForFinish(values.isOn('once'), finish);
    try {
      // Releases of etcd before 2.0 tell no cluster.
      const before = await source.keys.get('/');
      await refuseSame(before, source, target);
      const name = before.clusterId ?? source.endpoints[0] ?? '';
      const migration = new Migration(source, target, name, { say }, stop.signal);
      await migration.begin(values.isOn('overwrite'));
      if (!values.isOn('once')) say(switchWords(process.stdin.isTTY));
      const count = await migration.run(finish.signal);
      say(
        `the target holds all ${count} keys and directories of the source, and their TTLs: lead the clients to it now`,
      );
    } finally {
      unlisten();
      source.close();
      target.close();
    }
  });
}

async function sourceClient(values: CommandArguments, environment: Environment): Promise<Client> {
  const file = values.has('from-user-file') ? values.text('from-user-file') : undefined;
  const user = file === undefined ? undefined : readUser({ option: '--from-user-file', path: file });
  const endpoints = values.urls('from');
  const dial = await otherConnections(values, environment);
  return createClient({ ...common(values), endpoints, dial, auth: credentialsOf(user) });
}

async function targetClient(values: CommandArguments, environment: Environment): Promise<Client> {
  const { url, dial, user } = await clientConnection(values, environment);
  return createClient({ ...common(values), endpoints: [url], dial, auth: credentialsOf(user) });
}

function common(values: CommandArguments) {
  return { timeoutMs: values.number('timeout') * 1000, answerBytesMax: ANSWER_BYTES_MAX };
}

/** Before anything is written. */
async function refuseSame(before: StoreIndexes, source: Client, target: Client): Promise<void> {
  const same = await sameCluster(before, source, target);
  if (same !== undefined)
    throw new MigrationError(`--from and --url are the same cluster (${same}): nothing was written; name two clusters`);
}

/** Enter and SIGUSR1 finish it. Answers what ends the listening. */
function listenForFinish(finishesAtOnce: boolean, finish: AbortController): () => void {
  const finished = (): void => {
    finish.abort();
  };
  if (finishesAtOnce) finished();
  process.on('SIGUSR1', finished);
  const terminal = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
  terminal?.once('line', finished);
  return () => {
    process.off('SIGUSR1', finished);
    terminal?.close();
  };
}
