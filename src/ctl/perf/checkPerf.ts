/** `cairn check perf`: whether a cluster is as quick as it has to be. */
import { randomUUID } from 'node:crypto';
import { createClient } from '../../client/client';
import { credentialsOf } from '../../client/credentials';
import { ERROR_CODES } from '../../client/errors';
import type { Keys } from '../../client/keys';
import { say, UsageError, warn, type CommandArguments } from '../arguments';
import { CHECK_DIRECTORY, leaveNoDirectory } from '../checkDirectory';
import { clientConnection, type Environment } from '../connection';
import { judge, worstOf } from '../doctor/findings';
import { showFindings } from '../doctor/showFindings';
import { unlessError } from '../unlessError';
import { LOAD_NAMES, loads, type Load } from './loads';
import { measure } from './measure';
import { perfRules } from './perfRules';

/** Longer than the load: what a killed check leaves goes by itself. */
const EXTRA_TTL_S = 120;
const REMOVALS = 3;
/** So many connections a client keeps open between requests. */
const CONNECTIONS = 16;

/** Calls `stop` once when the process is asked to stop. */
export type OnStop = (stop: () => void) => void;

/** Rejects with UsageError, or with an Error if anything is too slow or fails. The keys that it writes are gone then. */
export async function checkPerf(values: CommandArguments, onStop: OnStop, environment: Environment): Promise<void> {
  const name = values.choice('load', LOAD_NAMES);
  const output = values.choice('output', ['text', 'json']);
  const load: Load = loads[name];
  if (name !== 's' && !values.isOn('yes'))
    throw new UsageError(
      `--load ${name} is ${wordsOf(load)}, which others who use the cluster will feel: give --yes too if that is meant`,
    );
  const { url, dial, user } = await clientConnection(values, environment);
  const timeoutMs = values.number('timeout') * 1000;
  const settings = { endpoints: url, dial, auth: credentialsOf(user), timeoutMs, roundsMax: 1 };
  const clients = Array.from({ length: Math.ceil((2 * load.clients) / CONNECTIONS) }, () => createClient(settings));
  const [keys, ...others] = clients.map((client) => client.keys);
  if (keys === undefined) throw new Error('there has to be one client');
  const directory = `${CHECK_DIRECTORY}/perf-${randomUUID()}`;
  // JSON goes to the standard output alone.
  const tell = output === 'json' ? warn : say;
  const stop = new AbortController();
  onStop(() => {
    stop.abort(new Error('stopped before its end: nothing is judged'));
  });
  try {
    await keys.mkdir(directory, { ttlSeconds: 2 * load.seconds + EXTRA_TTL_S });
  } catch (error) {
    close();
    throw error;
  }
  try {
    tell(`${wordsOf(load)}, below ${directory}, which is removed behind it (Ctrl-C: at once)`);
    tell(
      'members keep the last 1000 changes: who resumes a watch from before these writes is told 401, and lists again',
    );
    const measured = await measure([keys, ...others], directory, load, stop.signal);
    const findings = judge(perfRules, { load, measured });
    showFindings(findings, output, environment);
    if (worstOf(findings) === 'error')
      throw new Error('the cluster is not as quick as it has to be; see what is said above');
  } finally {
    await remove(keys, directory, tell);
    close();
  }

  function close(): void {
    for (const client of clients) client.close();
  }
}

function wordsOf({ seconds, writesPerS, readsPerS, clients, valueBytes }: Load): string {
  return (
    `${seconds} s of ${writesPerS} writes a second (values of ${valueBytes} bytes) and ${readsPerS} reads a second, ` +
    `of at most ${2 * clients} clients`
  );
}

/** Says so if it does not succeed; the keys go by themselves then. */
async function remove(keys: Keys, directory: string, tell: (line: string) => void): Promise<void> {
  for (let turn = 1; ; turn++) {
    try {
      await unlessError(ERROR_CODES.keyNotFound, keys.delete(directory, { recursive: true }));
      await leaveNoDirectory(keys);
      return;
    } catch (error) {
      if (turn < REMOVALS) continue;
      const why = error instanceof Error ? error.message : String(error);
      tell(
        `${directory} could not be removed: ${why}; it goes by itself within minutes, or with cairnctl rm --recursive`,
      );
      return;
    }
  }
}
