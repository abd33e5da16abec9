/** How the process ends, and what it leaves alone: exit codes, signals, data directories. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchText, open } from '../support/exchange';
import { FORM } from '../support/request';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import type { ServerOptions } from '../support/serverProcess';

const reason = whyMissing('cairn');
if (reason === undefined) describe('the process', suite);
else describe.skip(`the process (skipped: ${reason})`, suite);

function suite(): void {
  let directory: string;
  const servers: ServerProcess[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cairn-exits-'));
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (options: ServerOptions = {}): Promise<ServerProcess> => {
    const server = await ServerProcess.start('cairn', { dataDir: join(directory, 'data'), ...options });
    servers.push(server);
    return server;
  };

  /** Starts one that cannot run: its exit code and what it said. */
  const startInVain = async (options: ServerOptions): Promise<{ code: number | null; lines: string[] }> => {
    const server = await start({ ...options, readyWithinMs: 0 });
    const { code } = await server.whenExited();
    return { code, lines: server.logs().trim().split('\n') };
  };

  test('SIGTERM cuts open watches, keeps what was written, and exits with 0', async () => {
    const server = await start();
    const watches = ['wait=true', 'wait=true&stream=true', 'wait=true&recursive=true&waitIndex=1000'].map((query) =>
      open(server.clientPort, { method: 'GET', target: `/v2/keys/watched?${query}`, headers: [] }),
    );
    for (const watch of watches) expect(await watch.untilHead(5000)).toBe(true);
    const body = Buffer.from('value=kept');
    const headers = [['Content-Type', FORM]] as const;
    const put = open(server.clientPort, { method: 'PUT', target: '/v2/keys/kept', headers, body });
    await put.untilEnd(5000);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    for (const watch of watches) {
      await watch.untilEnd(1000);
      expect(watch.received()).toMatchObject({ ending: 'cut', body: Buffer.alloc(0) });
    }
    const again = await server.startAgain();
    servers.push(again);
    expect((await fetchText(again.clientPort, 'GET', '/v2/keys/kept')).body).toContain('"value":"kept"');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s of an idle server exits with 0', async (signal) => {
    const server = await start();
    server.signal(signal);
    expect(await server.whenExited()).toEqual({ code: 0, signal: null });
  });

  test('a second process on the same data directory exits with 5 and does the first no harm', async () => {
    const first = await start();
    const { code, lines } = await startInVain({});
    expect({ code, lines }).toEqual({ code: 5, lines: [expect.stringContaining(first.dataDir)] });
    expect(lines[0]).toMatch(/another process|in use|locked/);
    expect((await fetchText(first.clientPort, 'GET', '/v2/keys/')).status).toBe(200);
    expect(first.isRunning()).toBe(true);
  });

  test.each([
    ['clientPort', '--listen-client-urls'],
    ['peerPort', '--listen-peer-urls'],
  ] as const)('a %s in use: exit code 3, and the line names %s', async (option, flag) => {
    const occupant = createServer();
    const port = await listen(occupant);
    const { code, lines } = await startInVain({ [option]: port });
    await new Promise((resolve) => occupant.close(resolve));
    expect(code).toBe(3);
    expect(lines.at(-1)).toContain(flag);
    expect(lines.at(-1)).toContain(`127.0.0.1:${port}`);
    // No cluster was founded that nobody was ever told of.
    const server = await start();
    expect(server.logs()).toContain('member started, in a new data directory');
  });

  test('a member that is given the list of another cluster goes on with its own, and says so', async () => {
    const first = await start();
    await first.stop();
    const { peerPort } = first;
    const initialCluster = `default=http://127.0.0.1:${peerPort},other=http://127.0.0.1:1`;
    const again = await start({ peerPort, initialCluster });
    expect(again.logs()).toContain('--initial-cluster names other, and the cluster of this data directory has no such');
    expect((await fetchText(again.clientPort, 'GET', '/v2/keys/')).status).toBe(200);
  });

  test('an unknown flag: exit code 2 and one line', async () => {
    const { code, lines } = await startInVain({ moreArguments: ['--snapshot-cuont', '5'] });
    expect({ code, lines }).toEqual({ code: 2, lines: [expect.stringContaining('snapshot-cuont')] });
  });

  test('a directory of another program: exit code 5, and nothing in it is touched', async () => {
    const foreign = join(directory, 'foreign');
    mkdirSync(join(foreign, 'member/wal'), { recursive: true });
    writeFileSync(join(foreign, 'member/wal/0.wal'), 'precious');
    chmodSync(foreign, 0o755);
    const before = lookAt(foreign);
    const { code, lines } = await startInVain({ dataDir: foreign });
    expect({ code, lines }).toEqual({ code: 5, lines: [expect.stringContaining(foreign)] });
    expect(lookAt(foreign)).toEqual(before);
  });

  test('a new data directory is private, whatever the umask', async () => {
    const old = process.umask(0);
    try {
      const server = await start({ dataDir: join(directory, 'new') });
      expect(statSync(server.dataDir).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(old);
    }
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port number'));
      else resolve(address.port);
    });
  });
}

/** Names, modes, times and contents of everything in a directory, and of itself. */
function lookAt(directory: string): readonly unknown[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return ['.', ...names].map((name) => {
    const path = join(directory, name);
    const { mode, mtimeMs } = statSync(path);
    return [name, mode, mtimeMs, statSync(path).isFile() ? readFileSync(path, 'utf8') : 'directory'];
  });
}
