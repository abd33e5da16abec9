/**
 * What a value of 10 MB costs is copying it. How often in one turn of the event loop is counted, at the leader and at followers: a clock
 * tells of the machine as well.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeConnections } from '../cluster/httpClient';
import { until } from '../cluster/waiting';
import { stablePort } from '../support/ports';
import { encodeMultipart, FORM } from '../support/request';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { CopyMeter, type Copied } from './copiedBytes';
import { StoredRows } from './storedRows';

const suite = whyMissing('cairn') === undefined ? describe : describe.skip;

const LENGTH = 9.9 * 1024 * 1024;
const LONG_MS = 60_000;
/** No leader is to be lost, and no request given up, where the machine is slow: what is copied then is of other work. */
const TIMES = ['--heartbeat-interval', '100', '--election-timeout', '5000'];

/**
 * The most: where an event with the value and the one before goes to the engine, whose binding copies both twice. Everything else
 * copies a value once in a turn, or twice.
 */
const COPIES_MAX = 4;
/** Slices of other work beside it. */
const BESIDE_BYTES = 2 * 1024 * 1024;

let directory: string;
let meter: CopyMeter;
let stored: StoredRows;
let members: ServerProcess[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'copied-bytes-'));
  meter = new CopyMeter(directory);
  stored = new StoredRows(directory);
  const names = ['one', 'two', 'three'];
  const peerPorts = await Promise.all(names.map(() => stablePort()));
  const initialCluster = names.map((name, at) => `${name}=http://127.0.0.1:${peerPorts[at]}`).join(',');
  const environment = { NODE_OPTIONS: `--require ${meter.hook} --require ${stored.hook}` };
  const start = (name: string, at: number): Promise<ServerProcess> =>
    ServerProcess.start('cairn', {
      name,
      peerPort: peerPorts[at]!,
      initialCluster,
      environment,
      moreArguments: TIMES,
      readyWithinMs: LONG_MS,
    });
  if (whyMissing('cairn') === undefined) members = await Promise.all(names.map(start));
});

afterAll(async () => {
  closeConnections();
  await Promise.all(members.map((member) => member.remove()));
  rmSync(directory, { recursive: true, force: true });
});

interface Answered {
  readonly status: number;
  readonly length: number;
}

function ask(port: number, method: string, path: string, body?: Buffer, type = FORM): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': type, 'Content-Length': body.length };
    const options = { host: '127.0.0.1', port, method, path: `/v2/keys${path}`, headers, agent: false };
    const request = httpRequest(options, (response) => {
      let length = 0;
      response.on('data', (piece: Buffer) => (length += piece.length));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, length }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The most copied in one turn by each member, while this is done, carried out everywhere and stored. */
async function mostCopied(leader: ServerProcess, work: () => Promise<void>): Promise<readonly Copied[]> {
  for (const { pid } of members) await meter.take(pid ?? 0);
  await work();
  await stored.until(leader, members);
  return Promise.all(members.map(({ pid }) => meter.take(pid ?? 0)));
}

async function leaderAt(): Promise<number> {
  return until('there is a leader', LONG_MS, async () => {
    for (const [at, { clientPort }] of members.entries()) {
      const answer = await fetch(`http://127.0.0.1:${clientPort}/v2/stats/self`);
      if (((await answer.json()) as { state: string }).state === 'StateLeader') return at;
    }
    return undefined;
  });
}

suite('a value of 10 MB', () => {
  test.each([
    ['plain', 'x', 1],
    ['as multipart/form-data', 'x', 1],
    ['percent-encoded', '%41', 1 / 3],
    // Rows are UTF-8 of byte strings: such a byte takes two.
    ['in UTF-8, of two bytes a character', '\xc3\xa9', 2],
  ])('%s: written, written again, compared, read and watched', async (kind, unit, storedShare) => {
    const text = unit.repeat(LENGTH / unit.length);
    const isMultipart = kind.includes('multipart');
    const form = isMultipart ? encodeMultipart([['value', text]], 'b') : Buffer.from(`value=${text}`, 'latin1');
    const type = isMultipart ? 'multipart/form-data; boundary=b' : FORM;
    const allowed = COPIES_MAX * storedShare * LENGTH + BESIDE_BYTES;
    const leader = members[await leaderAt()]!;
    const other = members.find((member) => member !== leader)!;
    const watched = ask(other.clientPort, 'GET', '/large?wait=true');
    const steps: readonly (() => Promise<Answered>)[] = [
      () => ask(leader.clientPort, 'PUT', '/large', form, type),
      () => ask(other.clientPort, 'PUT', '/large', form, type),
      () => ask(other.clientPort, 'PUT', '/large?prevValue=a', form, type),
      () => ask(leader.clientPort, 'GET', '/large?quorum=true'),
      () => ask(other.clientPort, 'GET', '/?recursive=true'),
      // Its event has the value too, and is stored before the next value is looked at.
      () => ask(leader.clientPort, 'DELETE', '/large'),
    ];
    for (const step of steps) {
      const copied = await mostCopied(leader, async () => {
        const { status, length } = await step();
        expect([200, 201, 412]).toContain(status);
        expect(length).toBeGreaterThan(storedShare >= 1 ? LENGTH : LENGTH / 4);
      });
      if (process.env['CAIRN_SHOW_GAPS'] !== undefined) process.stderr.write(`${JSON.stringify({ kind, copied })}\n`);
      for (const { bytes, names } of copied)
        expect({ bytes: Math.max(bytes, allowed), names }).toEqual({ bytes: allowed, names });
    }
    expect((await watched).status).toBe(200);
  });
});
