/** A disk that is full, and one that is read-only: a mount of its own in memory, which takes root. */
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchText, send } from '../support/exchange';
import { FORM } from '../support/request';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { mount, unmount, whyNotMounted } from './mounts';

const BODY = Buffer.from(`value=${'x'.repeat(100_000)}`);
const WRITERS = 4;

const PAGE_BYTES = 4096;
/** What is left of the disk for the log when the writes begin. */
const LEFT_PAGES = 40;
/**
 * More than any write can take: rows of the key space and of its history for all that the log of {@link LEFT_PAGES} holds may be due at
 * once. With less room than the write needs, whether a part of it stays depends on how many rows were due.
 */
const ROOM_AGAIN_PAGES = 16 * LEFT_PAGES;
const ATTEMPTS_MAX = 5;

const reason = whyMissing('cairn') ?? whyNotMounted();
if (reason === undefined) describe('a small disk', suite);
else describe.skip(`a small disk (skipped: ${reason})`, suite);

function suite(): void {
  let disk: string;
  const servers: ServerProcess[] = [];

  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'cairn-disk-'));
  });

  afterEach(async () => {
    mount('-o', 'remount,rw', disk);
    for (const server of servers.splice(0)) await server.remove();
    unmount(disk);
    rmSync(disk, { recursive: true, force: true });
  });

  const start = async (readyWithinMs?: number): Promise<ServerProcess> => {
    const options = { dataDir: join(disk, 'data'), ...(readyWithinMs === undefined ? {} : { readyWithinMs }) };
    const server = await ServerProcess.start('cairn', options);
    servers.push(server);
    return server;
  };

  /** Puts keys until the process ends; answers those that were acknowledged. */
  const fill = async (server: ServerProcess): Promise<string[]> => {
    const acknowledged: string[] = [];
    let next = 0;
    const writer = async (): Promise<void> => {
      while (server.isRunning()) {
        const key = `k${next++}`;
        const target = `/v2/keys/${key}`;
        const request = { method: 'PUT', target, headers: [['Content-Type', FORM]] as const, body: BODY };
        const answer = await send(server.clientPort, request).catch(() => undefined);
        if (answer?.status === 201) acknowledged.push(key);
        else await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, writer));
    return acknowledged;
  };

  /**
   * Exit code 4; or, where the engine does not let go of the full disk, the end that the member makes itself and says
   * (docs/reliability.md). Any other signal is a fault.
   */
  const expectItEndedForWantOfRoom = async (server: ServerProcess): Promise<void> => {
    const ended = await server.whenExited();
    if (!server.logs().includes('the database was not closed within')) expect(ended).toEqual({ code: 4, signal: null });
    else expect(ended).toEqual({ code: null, signal: 'SIGKILL' });
  };

  test.each([20, 41, 50])(
    'full at %i MiB: exit code 4, one line, and nothing acknowledged is lost',
    async (mebibytes) => {
      expect(mount('-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', disk)).toBeUndefined();
      const server = await start();
      const acknowledged = await fill(server);
      await expectItEndedForWantOfRoom(server);
      expect(
        server
          .logs()
          .split('\n')
          .filter((line) => /no space left/i.test(line)).length,
      ).toBe(1);
      expect(acknowledged.length).toBeGreaterThan(10);
      expect(mount('-o', 'remount,size=400m', disk)).toBeUndefined();
      const again = await server.startAgain();
      servers.push(again);
      for (const key of acknowledged)
        expect((await fetchText(again.clientPort, 'GET', `/v2/keys/${key}`)).status).toBe(200);
    },
  );

  /** Takes all room of the disk but for so many bytes. */
  const leave = (file: string, bytes: number): void => {
    const descriptor = openSync(file, 'a');
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(PAGE_BYTES));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    } finally {
      closeSync(descriptor);
    }
    truncateSync(file, statSync(file).size - bytes);
  };

  /** Puts values of these lengths, one after the other, until the process ends; answers what was acknowledged. */
  const putEach = async (server: ServerProcess, lengths: readonly number[]): Promise<Map<string, string>> => {
    const acknowledged = new Map<string, string>();
    for (let at = 0; server.isRunning(); at += 1) {
      const [key, value] = [`k${at}`, 'z'.repeat(lengths[at % lengths.length] ?? 1)];
      const request = {
        method: 'PUT',
        target: `/v2/keys/${key}`,
        headers: [['Content-Type', FORM]] as const,
        body: Buffer.from(`value=${value}`),
      };
      const answer = await send(server.clientPort, request).catch(() => undefined);
      if (answer?.status === 201) acknowledged.set(key, value);
    }
    return acknowledged;
  };

  test.each([
    ['small values', [10]],
    ['values of most of a page', [3000, 10]],
    ['values of several pages, whose records cross blocks of the log', [30_000, 3000]],
  ])(
    'full in the middle of a record, with %s: once there is room it starts, cuts the record and has what was acknowledged',
    async (_name, lengths) => {
      // What fills the disk last may be something else than the log, which then has no part of a record.
      let cuts = 0;
      for (let attempt = 0; attempt < ATTEMPTS_MAX && cuts === 0; attempt += 1) {
        if (await fullInARecord(lengths, LEFT_PAGES + attempt)) cuts += 1;
        for (const server of servers.splice(0)) await server.remove();
        unmount(disk);
      }
      expect(cuts).toBe(1);
    },
  );

  /** Fills the disk and starts again; whether a record was there in part, so that it was cut. */
  const fullInARecord = async (lengths: readonly number[], leftPages: number): Promise<boolean> => {
    expect(mount('-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', disk)).toBeUndefined();
    const server = await start();
    // The process removes this file before it closes the database: then there is room for the engine to append once more what
    // it could append in part. Without room it takes the part away itself.
    appendFileSync(join(disk, 'data', 'PID'), Buffer.alloc(ROOM_AGAIN_PAGES * PAGE_BYTES, '\n'));
    leave(join(disk, 'filler'), leftPages * PAGE_BYTES);
    const acknowledged = await putEach(server, lengths);
    await expectItEndedForWantOfRoom(server);
    expect(server.logs()).toMatch(/no space left/i);
    expect(acknowledged.size).toBeGreaterThan(0);
    rmSync(join(disk, 'filler'));
    const again = await server.startAgain();
    servers.push(again);
    for (const [key, value] of acknowledged) {
      const { status, body } = await fetchText(again.clientPort, 'GET', `/v2/keys/${key}`);
      expect(status).toBe(200);
      expect(body).toContain(`"${value}"`);
    }
    return /\.log of the database was cut from \d+ to \d+ bytes/.test(again.logs());
  };

  test('read-only: exit code 5, and one line that says so', async () => {
    expect(mount('-t', 'tmpfs', '-o', 'size=50m', 'tmpfs', disk)).toBeUndefined();
    mkdirSync(join(disk, 'data'), { mode: 0o700 });
    const server = await start();
    await server.stop();
    expect(mount('-o', 'remount,ro', disk)).toBeUndefined();
    const again = await start(0);
    expect((await again.whenExited()).code).toBe(5);
    const lines = again.logs().trim().split('\n');
    expect(lines.at(-1)).toMatch(/read-only file system/i);
    expect(lines.at(-1)).not.toMatch(/\n {4}at /);
  });
}
