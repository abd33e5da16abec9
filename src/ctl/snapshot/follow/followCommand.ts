/** `cairn snapshot follow DIR`: a backup that is up to date, until it is stopped. */
import type { Log } from '../../../mirror/complaints';
import type { CommandArguments } from '../../arguments';
import { clusterConnection, type Environment } from '../../connection';
import { Follower } from './follower';

/** What the process gives. */
export interface FollowSurroundings {
  readonly logger: () => Log | Promise<Log>;
  /** Calls `stop` once when the process is asked to stop. */
  readonly onStop: (stop: (signal: NodeJS.Signals) => void) => void;
}

const nothing = (): void => undefined;

/** For whoever neither stops it nor reads what it says. */
export const ALONE: FollowSurroundings = {
  logger: () => ({ info: nothing, warn: nothing, error: nothing }),
  onStop: nothing,
};

/** Resolves when it was stopped. Rejects with UsageError or FollowRefused, or if the directory cannot be used. */
export async function carryOutFollow(
  values: CommandArguments,
  directory: string,
  environment: Environment,
  { logger, onStop }: FollowSurroundings,
): Promise<void> {
  const reach = () => clusterConnection(values, environment);
  // What is wrong with the files that are named is told at once; they are read again for each attempt.
  await reach();
  const log = await logger();
  const stopping = new AbortController();
  onStop((signal) => {
    log.info({ signal }, 'asked to stop');
    stopping.abort();
  });
  const follower = new Follower({
    ...{ directory, reach, log, signal: stopping.signal },
    fullEveryMs: values.number('full-every') * 1000,
    keep: values.number('keep'),
  });
  await follower.run();
}
