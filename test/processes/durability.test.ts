/** Whatever happens to the process, what it acknowledged stays. */
import { cpSync, rmSync } from 'node:fs';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import { MemberStore } from '../../src/storage/memberStore';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { contradictions } from './durabilityCheck';
import { Load, seededRandom } from './durabilityLoad';

/** Each in a moment of its own: they are for moments that nobody thought of. More of them by hand: CONTRIBUTING.md. */
const KILLS = Number(process.env['CAIRN_DURABILITY_KILLS'] ?? 20);
const CLIENTS = 6;
const LOAD_MS_MAX = 200;
const START_MS_MAX = 300;
const SNAPSHOT_COUNT = 100;
/** What the log may hold at most. */
const ENTRIES_MAX = 6 * SNAPSHOT_COUNT;
/** Between two restarts. Half of them may share an entry, and a start alone must not be what keeps the log short. */
const WRITES = 15 * SNAPSHOT_COUNT;

const reason = whyMissing('cairn');
if (reason === undefined) describe('after a crash', suite);
else describe.skip(`after a crash (skipped: ${reason})`, suite);

function suite(): void {
  let server: ServerProcess;

  afterEach(async () => {
    await server.remove();
  });

  test(`${KILLS} times kill -9 under load lose nothing that was acknowledged`, async () => {
    const random = seededRandom(20_260_321);
    const load = new Load(CLIENTS, random);
    server = await ServerProcess.start('cairn');
    let writes = 0;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      // Every fifth one hits a server that is just starting, and may be reading its log or writing what it had left undone.
      if (kill % 5 === 0) await killWhileStarting(random() * START_MS_MAX);
      else await killUnderLoad(load, random() * LOAD_MS_MAX);
      writes += load.acknowledged.length;
      server = await server.startAgain();
      expect({ kill, found: await contradictions(load, server.clientPort) }).toEqual({ kill, found: [] });
    }
    // Some between any two kills; how many is the machine's affair.
    expect(writes).toBeGreaterThan(KILLS);
  }, 240_000);

  test('a log that was compacted many times brings everything back', async () => {
    const load = new Load(CLIENTS, seededRandom(7));
    server = await ServerProcess.start('cairn', { moreArguments: ['--snapshot-count', `${SNAPSHOT_COUNT}`] });
    let log = { start: 0, entries: 0 };
    for (const restart of ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
      await load.run(server.clientPort, WRITES);
      server.signal(restart);
      await server.whenExited();
      log = await storedLog(server.dataDir);
      server = await server.startAgain();
      expect({ restart, found: await contradictions(load, server.clientPort) }).toEqual({ restart, found: [] });
    }
    expect(load.highestIndex).toBeGreaterThan(3 * WRITES);
    expect(log.start).toBeGreaterThan(2 * SNAPSHOT_COUNT);
    expect(log.entries).toBeLessThan(ENTRIES_MAX);
  });

  test('the check notices a data directory that is older than what was acknowledged', async () => {
    const load = new Load(CLIENTS, seededRandom(11));
    server = await ServerProcess.start('cairn');
    await load.run(server.clientPort, 100);
    await server.stop();
    const backup = `${server.dataDir}.old`;
    try {
      cpSync(server.dataDir, backup, { recursive: true });
      server = await server.startAgain();
      await load.run(server.clientPort, 100);
      await server.kill();
      rmSync(server.dataDir, { recursive: true });
      cpSync(backup, server.dataDir, { recursive: true });
      server = await server.startAgain();
      const found = await contradictions(load, server.clientPort);
      expect(found.length).toBeGreaterThan(10);
      expect(found.at(-1)).toContain('X-Etcd-Index went back');
    } finally {
      rmSync(backup, { recursive: true, force: true });
    }
  });

  async function killUnderLoad(load: Load, afterMs: number): Promise<void> {
    const done = load.run(server.clientPort);
    await sleep(afterMs);
    await server.kill();
    await done;
  }

  async function killWhileStarting(afterMs: number): Promise<void> {
    await server.kill();
    const { clientPort, peerPort, dataDir } = server;
    const starting = await ServerProcess.start('cairn', { clientPort, peerPort, dataDir, readyWithinMs: 0 });
    await sleep(afterMs);
    await starting.kill();
  }
}

/** The log of a member that is not running. */
async function storedLog(dataDir: string): Promise<{ start: number; entries: number }> {
  const failures: unknown[] = [];
  const directory = await openDataDirectory({ path: dataDir, onFailure: (error) => failures.push(error) });
  try {
    const store = await MemberStore.open(directory.kv);
    const { start, entries } = await store.load(() => undefined);
    return { start: start.index, entries: entries.length };
  } finally {
    await directory.close();
    expect(failures).toEqual([]);
  }
}

function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
