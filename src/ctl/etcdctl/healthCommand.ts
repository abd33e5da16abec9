/** cluster-health. */
import type { CtlPath } from '../../config/ctl/table';
import { isRecord } from '../../client/json';
import { plainRequest } from '../../platform/plainRequest';
import { attemptOf } from './dialWords';
import { EXIT } from './exitCodes';
import { Failure } from './failures';
import { quote } from './goText';
import { print } from './io';
import type { ListedMember } from './memberAnswers';
import { listMembers } from './memberCommands';
import { failingAs, keyFailure } from './report';
import type { Command, Session } from './session';

const INTERVAL_MS = 10_000;
const HEALTH_BYTES_MAX = 64 * 1024;

export const healthCommands = {
  'cluster-health': async (session) => {
    const isForever = session.flags.isOn('forever');
    if (isForever) session.io.endAtInterrupt(EXIT.ok);
    const members = await failingAs(
      (error) => {
        print(session.io, 'cluster may be unhealthy: failed to list members');
        return keyFailure(error);
      },
      async () => {
        const cluster = await session.clusterAsGiven();
        const listed = await listMembers(cluster, cluster.deadline());
        // Something else answers there: of nobody it cannot be said that all are healthy.
        if (listed.length === 0) throw new Error('the list of members is empty');
        return listed;
      },
    );
    for (;;) {
      const isHealthy = await checkAll(session, members);
      if (!isForever) {
        if (isHealthy) return;
        throw new Failure(EXIT.clusterNotHealthy);
      }
      print(session.io, '\nnext check after 10 second...\n');
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  },
} as const satisfies Partial<Record<CtlPath, Command>>;

async function checkAll(session: Session, members: readonly ListedMember[]): Promise<boolean> {
  let unhealthy = 0;
  for (const member of members) if (!(await check(session, member))) unhealthy++;
  const word = unhealthy === 0 ? 'healthy' : unhealthy === members.length ? 'unavailable' : 'degraded';
  print(session.io, `cluster is ${word}`);
  return unhealthy === 0;
}

/** Asks at each of its URLs until one answers. */
async function check(session: Session, { id, clientURLs }: ListedMember): Promise<boolean> {
  if (clientURLs.length === 0) {
    print(session.io, `member ${id} is unreachable: no available published client urls`);
    return false;
  }
  for (const url of clientURLs) {
    const isHealthy = await askHealth(session, url).catch((error: unknown) => {
      const words = attemptOf(url, error).message;
      print(
        session.io,
        `failed to check the health of member ${id} on ${url}: Get ${quote(`${url}/health`)}: ${words}`,
      );
      return undefined;
    });
    if (isHealthy === undefined) continue;
    print(
      session.io,
      `member ${id} is ${isHealthy ? 'healthy: got healthy' : 'unhealthy: got unhealthy'} result from ${url}`,
    );
    return isHealthy;
  }
  print(session.io, `member ${id} is unreachable: [${clientURLs.join(' ')}] are all unreachable`);
  return false;
}

/** etcd 2 answers `"true"`, others `true`. Rejects if there is no such answer. */
async function askHealth(session: Session, url: string): Promise<boolean> {
  const { text } = await plainRequest({
    ...{ method: 'GET', url: `${url}/health`, dial: await session.dialFor(url) },
    ...{ timeoutMs: session.globals.durationMs('total-timeout'), answerBytesMax: HEALTH_BYTES_MAX },
  });
  const body: unknown = JSON.parse(text);
  const health = isRecord(body) ? body['health'] : undefined;
  return health === 'true' || health === true;
}
