/** The ports of `npm run cluster`, which are always the same: who starts one has them for itself. */
import { createServer } from 'node:net';
import { sleep, until } from '../cluster/waiting';
import { CLUSTER_PORTS } from '../support/ports';
import { isFree } from './place';

/** A name of this machine's, or of the network namespace's, as the ports are; it is free when its process ends, however that was. */
const NAME = '\0cairn-test-cluster-ports';
/** Longer than it takes another one to see that it is its turn. */
const BETWEEN_TURNS_MS = 200;

/**
 * Waits for its turn and for the ports. Answers how to give them back.
 *
 * @param limitMs how long others may take
 */
export async function takeClusterPorts(limitMs: number): Promise<() => Promise<void>> {
  const turn = createServer();
  await until('nobody else runs a cluster', limitMs, () => listens(turn));
  await untilClusterPortsAreFree();
  return async () => {
    await new Promise((resolve) => turn.close(resolve));
    await sleep(BETWEEN_TURNS_MS);
  };
}

export async function untilClusterPortsAreFree(): Promise<void> {
  for (const port of CLUSTER_PORTS)
    await until(`port ${port} is free`, 60_000, async () => (await isFree(port)) || undefined);
}

/** Undefined if another one does. */
function listens(turn: ReturnType<typeof createServer>): Promise<true | undefined> {
  return new Promise((resolve) => {
    const taken = (): void => resolve(undefined);
    turn.once('error', taken);
    turn.listen(NAME, () => {
      turn.removeListener('error', taken);
      resolve(true);
    });
  });
}
