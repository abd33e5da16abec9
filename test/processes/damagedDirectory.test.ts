/** A data directory that is damaged, and the real process on it: a line and a documented code, or all that was acknowledged. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '../../src/config/exitCodes';
import { call, closeConnections } from '../cluster/httpClient';
import { markStandsStill } from '../support/markStandsStill';
import { ServerProcess, whyMissing } from '../support/serverProcess';

const suite = whyMissing('cairn') === undefined ? describe : describe.skip;

const KEYS = 30;

function remove(path: string): void {
  rmSync(path);
}

function empty(path: string): void {
  truncateSync(path, 0);
}

function halve(path: string): void {
  truncateSync(path, readFileSync(path).length >> 1);
}

function flip(path: string): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length * 0.6);
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(path, bytes);
}

/** `safe`: may harm nothing. All others have to be noticed. */
const DAMAGES = [
  ['FORMAT', remove, 'noticed'],
  ['FORMAT', flip, 'noticed'],
  ['db/CURRENT', remove, 'noticed'],
  ['db/CURRENT', empty, 'noticed'],
  ['db/MANIFEST-', halve, 'noticed'],
  ['db/MANIFEST-', remove, 'noticed'],
  ['db/.log', halve, 'noticed'],
  ['db/.log', empty, 'noticed'],
  ['db/.log', remove, 'noticed'],
  ['db/.log', flip, 'noticed'],
  ['db/SYNCED', flip, 'safe'],
  ['db/SYNCED', remove, 'safe'],
  ['PID', flip, 'safe'],
  ['db/LOCK', remove, 'safe'],
] as const;

suite('a damaged data directory', () => {
  let home: string;
  let source: string;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'cairn-damaged-'));
    source = join(home, 'source');
    const first = await ServerProcess.start('cairn', { dataDir: source });
    await fill(first, 0, KEYS / 2);
    await first.stop();
    const second = await first.startAgain();
    await fill(second, KEYS / 2, KEYS);
    await markStandsStill(join(source, 'db'));
    await second.kill();
  });

  afterAll(() => {
    closeConnections();
    rmSync(home, { recursive: true, force: true });
  });

  async function fill(server: ServerProcess, from: number, to: number): Promise<void> {
    for (let n = from; n < to; n++) {
      const answer = await call(server.clientPort, {
        method: 'PUT',
        target: `/v2/keys/k${n}`,
        form: { value: 'v'.repeat(2000) },
      });
      expect(answer.status).toBe(201);
    }
  }

  test.each(DAMAGES.map(([name, damage, outcome]) => [`${name}, ${damage.name}`, { name, damage, outcome }] as const))(
    '%s',
    async (_, { name, damage, outcome }) => {
      const dataDir = mkdtempSync(join(home, 'copy-'));
      cpSync(source, dataDir, { recursive: true });
      const file = (readdirSync(dataDir, { recursive: true }) as string[])
        .sort()
        .filter(
          (each) => each === name || (name.startsWith('db/') && each.startsWith('db/') && each.includes(name.slice(3))),
        )
        .at(-1);
      if (file === undefined) throw new Error(`there is no ${name}`);
      damage(join(dataDir, file));
      const readyWithinMs = outcome === 'noticed' ? 0 : 30_000;
      const server = await ServerProcess.start('cairn', { dataDir, readyWithinMs });
      try {
        if (outcome === 'noticed') {
          const { code } = await server.whenExited();
          expect([exitCodes.storageFailure.code, exitCodes.dataDirectoryUnusable.code]).toContain(code);
          const fatal = server
            .logs()
            .trim()
            .split('\n')
            .filter((line) => /"level":"?(60|fatal)/.test(line));
          expect(fatal).toHaveLength(1);
          return;
        }
        const listing = await call(server.clientPort, { method: 'GET', target: '/v2/keys/?quorum=true' });
        expect(JSON.parse(listing.text).node.nodes).toHaveLength(KEYS);
      } finally {
        await server.kill();
      }
    },
  );
});
