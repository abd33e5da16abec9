/** What takes long does not keep the event loop of a member: listings, deletions, values to escape, large events. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeBatch } from '../../src/machine/commandCodec';
import { restoreMember } from '../../src/member/bootstrap';
import { MemberStore } from '../../src/storage/memberStore';
import { openRocks } from '../../src/storage/rocks';
import { Child } from '../cluster/child';
import { ENTRY } from '../cluster/clusterMember';
import { call } from '../cluster/httpClient';
import { stablePort } from '../support/ports';
import { until } from '../cluster/waiting';
import { set } from '../machine/keyspace/writer';
import { GapMeter, type Gaps } from './eventLoopGaps';
import { StoredRows } from './storedRows';

/** More of them by hand: docs/performance-notes.md. */
const KEYS = Number(process.env['CAIRN_LONG_WORK_KEYS'] ?? 200_000);
const KEYS_A_DIRECTORY = 50_000;
const MEBIBYTE = 1024 * 1024;

/** What no request of a client may exceed, on a machine that has nothing else to do. */
const LIMIT_MS = 50;
/** What collecting garbage, and a busy machine, may add: the same work took seconds in one piece. */
const TOLERANCE_MS = 100;
const LONG_MS = 60_000;

/** About as long as a request may be. */
const LARGE_BYTES = 9.9 * MEBIBYTE;
/**
 * So many copies of a value of that length the engine's binding makes in one turn, where an event holds the value before as well: it
 * copies both, and then into a batch, which has room for them. Nothing else comes near it (copiedBytes.test.ts counts them). On a machine
 * where each new page has to be found that takes longer than a turn may: docs/performance-notes.md.
 */
const COPIES_IN_ONE_TURN = 4;
/** A copy is measured in one moment and the member in others, while the machine has other work. copiedBytes.test.ts counts the copies. */
const NOISE = 1.5;
/** In a burst of other work on the machine, of some seconds, two rounds in a row can be long. */
const LARGE_ROUNDS_MAX = 7;

let directory: string;
let meter: GapMeter;
let stored: StoredRows;
let child: Child | undefined;
let port: number;
let idle: Gaps;

function start(peerPort: number): Child {
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const urls = ['--listen-client-urls', client, '--advertise-client-urls', client, '--listen-peer-urls', peer];
  const own = ['--name', 'one', '--data-dir', join(directory, 'data'), '--initial-advertise-peer-urls', peer];
  const cluster = ['--initial-cluster', `one=${peer}`];
  const hooks = [meter.hook, stored.hook].flatMap((hook) => ['--require', hook]);
  const command = [process.execPath, ...hooks, ENTRY, ...own, ...urls, ...cluster];
  return new Child(command, join(directory, 'one.log'));
}

async function healthy(): Promise<void> {
  await until('it is healthy', LONG_MS, async () => {
    const answer = await call(port, { method: 'GET', target: '/health' }, 5000).catch(() => undefined);
    return answer?.status === 200 || undefined;
  });
}

/** Puts keys into the data of a member that was stopped: over HTTP it would take a minute. */
async function fill(): Promise<void> {
  const kv = await openRocks({ path: join(directory, 'data', 'db'), createIfMissing: false });
  const store = await MemberStore.open(kv);
  const restored = await restoreMember(store, 1000);
  if (restored === undefined) throw new Error('there is no state');
  for (let from = 0; from < KEYS; from += 10_000) {
    const commands = Array.from({ length: 10_000 }, (_, at) =>
      set(`/big/${Math.floor((from + at) / KEYS_A_DIRECTORY)}/key-${(from + at) * 7919}`, { value: 'some value' }),
    );
    restored.machine.apply(encodeBatch({ origin: 'f111e4', run: 1, sequence: from + 1, commands }));
  }
  await store.write({ rows: restored.machine.takeRows(), applied: store.applied });
  await kv.close();
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'long-work-'));
  meter = new GapMeter(directory);
  stored = new StoredRows(directory);
  port = await stablePort();
  const peerPort = await stablePort();
  child = start(peerPort);
  await healthy();
  await child.stop();
  await fill();
  child = start(peerPort);
  await healthy();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await gaps();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  idle = await gaps();
});

afterAll(async () => {
  await child?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function gaps(): Promise<Gaps> {
  const member = child!;
  const ended = member.exited.then((status) => {
    throw new Error(`the member ended: ${JSON.stringify(status)}\n${member.logs().slice(-2000)}`);
  });
  return Promise.race([meter.take(member.pid ?? 0), ended]);
}

/** The work a process does itself in one go, with what the machine adds without it. */
async function expectNoGap(work: () => Promise<void>): Promise<Gaps> {
  await gaps();
  await work();
  const measured = await gaps();
  if (process.env['CAIRN_SHOW_GAPS'] !== undefined) process.stderr.write(`${JSON.stringify({ idle, measured })}\n`);
  expect(Math.min(measured.gapMs, measured.busyMs)).toBeLessThan(LIMIT_MS + TOLERANCE_MS + idle.gapMs);
  return measured;
}

const COPIED = Buffer.alloc(LARGE_BYTES, 'x');

/** What one copy of so long a value into new memory takes here: 2 to 5 ms, or ten times that where each new page has to be found. */
function copyMs(): number {
  const tookMs = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    Buffer.allocUnsafeSlow(COPIED.length).set(COPIED);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return tookMs.sort((a, b) => a - b)[1] ?? 0;
}

/** Its rows go to the database a moment later: those of long values within three seconds. */
const untilStored = (): Promise<void> => stored.until({ pid: child?.pid, clientPort: port });

const get = (target: string) => call(port, { method: 'GET', target: `/v2/keys${target}` }, LONG_MS);

/** One value as a form, byte by byte. */
function put(key: string, form: string | Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': form.length };
    const request = httpRequest({ host: '127.0.0.1', port, method: 'PUT', path: `/v2/keys${key}`, headers });
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.end(form);
  });
}

test(`a recursive listing of ${KEYS} keys, sorted or not, while keys are written`, async () => {
  for (const query of ['', '&sorted=true']) {
    await expectNoGap(async () => {
      const listing = get(`/big?recursive=true${query}`);
      let writes = 0;
      let isOver = false;
      void listing.finally(() => (isOver = true));
      while (!(isOver as boolean)) {
        expect(await put(`/big/0/new-${writes++}`, 'value=x')).toBe(201);
      }
      const answer = await listing;
      const index = Number(answer.headers['x-etcd-index']);
      const { node } = JSON.parse(answer.text) as {
        node: { nodes: { nodes: { key: string; createdIndex: number }[] }[] };
      };
      const all = node.nodes.flatMap(({ nodes }) => nodes);
      expect(
        Math.max(...node.nodes.map(({ nodes }) => Math.max(...nodes.slice(-1000).map((n) => n.createdIndex)))),
      ).toBeLessThanOrEqual(index);
      expect(all.filter(({ key }) => key.includes('/key-'))).toHaveLength(KEYS);
      expect(all.every(({ createdIndex }) => createdIndex <= index)).toBe(true);
      for (; writes > 0; writes--) await call(port, { method: 'DELETE', target: `/v2/keys/big/0/new-${writes - 1}` });
    });
  }
});

test.each([
  ['control characters', '%01'],
  ['invalid UTF-8', '%FF'],
  ['quotes', '"'],
  ['plus signs', '+'],
  ['bytes above 0x7f', '\xe9'],
])('a value of 3 MiB of %s is written, written again and read', async (_, character) => {
  const length = 3 * MEBIBYTE;
  const form = Buffer.from(`value=${character.repeat(length)}`, 'latin1');
  for (let count = 0; count < 2; count += 1) {
    await expectNoGap(async () => {
      expect(await put('/value', form)).toBeLessThan(300);
      await untilStored();
    });
  }
  await expectNoGap(async () => {
    const answer = await get('/value');
    expect((JSON.parse(answer.text) as { node: { value: string } }).node.value).toHaveLength(length);
  });
});

interface LongestTurn {
  readonly turnMs: number;
  readonly allowedMs: number;
}

/** The longest turn of what is done, and what the machine's memory allowed just then. */
async function longestTurn(copies: number, work: () => Promise<void>): Promise<LongestTurn> {
  const copyBeforeMs = copyMs();
  await gaps();
  await work();
  const { gapMs, busyMs } = await gaps();
  const copiesMs = NOISE * copies * Math.max(copyBeforeMs, copyMs());
  return { turnMs: Math.min(gapMs, busyMs), allowedMs: Math.max(LIMIT_MS, copiesMs) };
}

/** By two more than not: the machine has other work, which a single turn may be kept from its own by. */
function areShort(turns: readonly LongestTurn[]): boolean {
  const short = turns.filter(({ turnMs, allowedMs }) => turnMs < allowedMs).length;
  return short - (turns.length - short) >= 2;
}

test.each([
  ['plain', 'x', 1],
  ['plus signs', '+', 1],
  ['percent-encoded', '%41', 1],
  // Each takes two on the disk.
  ['bytes above 0x7f', '\xe9', 2],
  ['characters to escape in JSON', '\x01', 1],
])(
  'a value of 10 MB (%s) is written, written again, compared and read: no turn is longer than it may be, or than it takes to copy it some times',
  async (_, unit, storedBytes) => {
    const length = Math.floor(LARGE_BYTES / unit.length);
    const form = Buffer.from(`value=${unit.repeat(length)}`, 'latin1');
    const longest = (work: () => Promise<void>): Promise<LongestTurn> =>
      longestTurn(COPIES_IN_ONE_TURN * storedBytes, work);
    const turns: { [step: string]: LongestTurn[] } = { first: [], again: [], compared: [], read: [] };
    const writing = (key: string, statuses: readonly number[]) => async (): Promise<void> => {
      expect(statuses).toContain(await put(key, form));
      await untilStored();
    };
    // It changes no row, and the entry is stored before it is answered.
    const comparing = (key: string) => async (): Promise<void> => {
      expect(await put(`${key}?prevValue=other`, form)).toBe(412);
    };
    const areAllShort = (): boolean => Object.values(turns).every(areShort);
    for (let round = 0; round < LARGE_ROUNDS_MAX && !areAllShort(); round += 1) {
      const key = `/large-${round}`;
      turns['first']?.push(await longest(writing(key, [201])));
      turns['again']?.push(await longest(writing(key, [200])));
      turns['compared']?.push(await longest(comparing(key)));
      const reading = async (): Promise<void> => {
        const answer = await get(key);
        expect((JSON.parse(answer.text) as { node: { value: string } }).node.value).toHaveLength(length);
      };
      turns['read']?.push(await longest(reading));
      await call(port, { method: 'DELETE', target: `/v2/keys${key}` }, LONG_MS);
    }
    if (process.env['CAIRN_SHOW_GAPS'] !== undefined) process.stderr.write(`${JSON.stringify(turns)}\n`);
    for (const [step, all] of Object.entries(turns)) {
      // As one line: which turns were long is what a failure is read for.
      const measured = JSON.stringify(all);
      expect({ step, isShort: areShort(all), measured }).toEqual({ step, isShort: true, measured });
    }
  },
);

test('a form of a million pairs is read', async () => {
  await expectNoGap(async () => {
    expect(await put('/value', `${'a=b&'.repeat(MEBIBYTE)}value=1`)).toBeLessThan(300);
  });
});

test('events of megabytes of JSON reach 100 watchers', async () => {
  const watchers = await Promise.all(Array.from({ length: 100 }, () => watch('/event')));
  const events = 3;
  await expectNoGap(async () => {
    for (let count = 0; count < events; count += 1) await put('/event', `value=${'%01'.repeat(MEBIBYTE / 4)}`);
    await until('they are there', LONG_MS, () =>
      Promise.resolve(watchers.every(({ lines }) => lines() === events) || undefined),
    );
  });
  for (const { response } of watchers) response.destroy();
});

test(`the deletion of ${KEYS} keys`, async () => {
  await expectNoGap(async () => {
    const removal = call(port, { method: 'DELETE', target: '/v2/keys/big?recursive=true' }, LONG_MS);
    expect((await removal).status).toBe(200);
    expect((await get('/big')).status).toBe(404);
    // Its rows go to the database with one of the next writes: of a million that takes longer than one write may.
    const startMs = performance.now();
    await until('a key is written', LONG_MS, async () => (await put('/after', 'value=x')) < 300 || undefined);
    if (process.env['CAIRN_SHOW_GAPS'] !== undefined)
      process.stderr.write(`a write took ${performance.now() - startMs} ms\n`);
    await untilStored();
  });
});

/** A stream that counts the lines it was sent. */
function watch(key: string): Promise<{ response: IncomingMessage; lines: () => number }> {
  return new Promise((resolve, reject) => {
    const path = `/v2/keys${key}?wait=true&stream=true`;
    const request = httpRequest({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let lines = 0;
      response.on('data', (piece: Buffer) => {
        // Not byte by byte: half a gigabyte comes.
        for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines += 1;
      });
      response.on('error', () => undefined);
      resolve({ response, lines: () => lines });
    });
    request.on('error', reject);
    request.end();
  });
}
