import { createServer } from 'node:net';

/** Where `npm run cluster` listens, whatever else is tested beside it. */
export const CLUSTER_PORTS: readonly number[] = [12_379, 12_380, 22_379, 22_380, 32_379, 32_380];

/** Below the range from which the system picks ports for outgoing connections. */
const FIRST = 12_000;
const LAST = 31_999;
const ATTEMPTS_MAX = 500;
/** Workers of jest look in different parts of it: between two starts of a member its port is nobody's. */
const PARTS = 16;
const PART = (Number(process.env['JEST_WORKER_ID'] ?? 1) - 1) % PARTS;
const PART_SIZE = (LAST - FIRST) / PARTS;
const given = new Set<number>(CLUSTER_PORTS);

/**
 * A port of 127.0.0.1 that is free now and stays free while nobody listens on it: a member that is killed gets it back. A
 * port the system picks could meanwhile become the near end of somebody's connection.
 */
export async function stablePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const port = FIRST + Math.floor((PART + Math.random()) * PART_SIZE);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error('no free port was found');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
