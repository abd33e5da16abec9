/** The turns of a process between member and standby, as etcd 0.4 took them. */
import { knownOf } from '../discovery/agreement';
import { NoRoomError, type ListedCluster } from '../discovery/beginning';
import { RealClock } from '../platform/realClock';
import { sleep } from '../platform/sleep';
import { startServer } from './memberServer';
import { exchangeForStandby, leaveStandbyNote, markRemoved } from './removedData';
import { REMOVED_DELAY_MS, type ProcessSetting, type Removal, type Server } from './serverParts';
import type { Service, Serving } from './serving';
import { startStandbyServer, type StandbyStart } from './standbyServer';

/** Serves as a member, or as a standby until there is room for it to be one. */
export async function serveMemberOrStandby(serving: Serving, setting: ProcessSetting): Promise<void> {
  const onRemoved = (removal: Removal): void => {
    if (!removal.waits) setting.events.onRemoved(removal);
    else becomeStandby(serving, setting, removal).catch(failureOf(serving, setting));
  };
  try {
    await serving.turnTo(asMember({ ...setting, events: { ...setting.events, onRemoved } }));
  } catch (error) {
    if (!(error instanceof NoRoomError)) throw error;
    // Its options may name nobody who answers when it starts the next time, and it would found a cluster then.
    const known = knownOf(error.cluster);
    if (known.members.length > 0) await leaveStandbyNote(setting.configuration.dataDir, known, setting.logger);
    await serving.turnTo(asStandby(setting, waitingStandby(serving, setting, error.cluster, false)));
  }
}

/** The way of etcd 0.4: whoever has no place any more waits for one. Its data are kept aside, so that nothing is lost with them. */
async function becomeStandby(serving: Serving, setting: ProcessSetting, removal: Removal): Promise<void> {
  const { configuration, logger } = setting;
  const { note, others } = removal;
  const cluster = { clusterId: note.clusterId, members: others };
  logger.warn(
    { member: note.memberId, cluster: note.clusterId },
    'the cluster removed this member and keeps its activeSize by itself: this process becomes a standby, and joins again when there is room',
  );
  await sleep(new RealClock(), REMOVED_DELAY_MS);
  const standby = asStandby(setting, waitingStandby(serving, setting, cluster, true));
  const start = async (stopping: AbortSignal): Promise<Server> => {
    markRemoved(configuration.dataDir, note, logger);
    const aside = await exchangeForStandby(configuration.dataDir, knownOf(cluster), logger).catch((error: unknown) => {
      throw new ExchangeError(error);
    });
    logger.info(
      { aside },
      'the data of the removed member were moved aside; delete them when nobody needs them any more',
    );
    return standby.start(stopping);
  };
  try {
    await serving.turnTo({ ...standby, start });
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    logger.error(
      { err: error.cause, dataDir: configuration.dataDir },
      'this process cannot wait for a place: its data directory cannot be moved aside; move it yourself and start again',
    );
    setting.events.onRemoved(removal);
  }
}

class ExchangeError extends Error {
  override readonly name = 'ExchangeError';

  constructor(cause: unknown) {
    super('the data directory cannot be moved aside', { cause });
  }
}

/** What a standby starts with that turns to a member once there is room. */
function waitingStandby(
  serving: Serving,
  setting: ProcessSetting,
  cluster: ListedCluster,
  looksFirst: boolean,
): StandbyStart {
  const onRoom = (): void => {
    setting.logger.info('standby: there is room in the cluster; joining it');
    serveMemberOrStandby(serving, setting).catch(failureOf(serving, setting));
  };
  return { cluster, looksFirst, onRoom };
}

/** Whoever asked for the end of the process hears of what fails then. */
function failureOf(serving: Serving, { events }: ProcessSetting): (error: unknown) => void {
  return (error) => {
    if (!serving.wasStopped) events.onFailure(error);
  };
}

function asStandby(setting: ProcessSetting, waiting: StandbyStart): Service {
  return { role: 'standby', start: () => startStandbyServer(setting, waiting) };
}

/** The member that the configuration describes. */
export function asMember(setting: ProcessSetting): Service {
  return { role: 'member', start: (stopping) => startServer({ ...setting, stopping }) };
}
