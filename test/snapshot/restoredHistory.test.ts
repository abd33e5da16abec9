/**
 * Snapshots and a backup of a member that is written to all the while, taken and restored by the commands, and compared with what a replay
 * of its whole log leads to. `CAIRN_SEED=7` asks for other requests, `CAIRN_ROUNDS=100` for the next seeds as well.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Follower } from '../../src/ctl/snapshot/follow/follower';
import { snapshot } from '../../src/ctl/snapshot/snapshot';
import type { Machine } from '../../src/machine/machine';
import { restoreMember } from '../../src/member/bootstrap';
import { dialTcp } from '../../src/platform/dial';
import { filesOf } from '../../src/snapshot/backup/files';
import { readLog } from '../../src/snapshot/backup/logFile';
import { withPast } from '../../src/snapshot/backup/openPast';
import { loadState } from '../../src/snapshot/loadedState';
import { SnapshotFile } from '../../src/snapshot/openFile';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import { MemberStore } from '../../src/storage/memberStore';
import { captureOutput } from '../ctl/output';
import { SeededRandom } from '../simulation/random';
import { startInProcess, type InProcess } from '../support/inProcess';
import { beginning, randomRequest, type Asked } from './support/randomRequests';
import { linesOf, RecordedHistory } from './support/recordedHistory';

const FIRST_SEED = Number(process.env['CAIRN_SEED'] ?? 1);
const ROUNDS = Number(process.env['CAIRN_ROUNDS'] ?? 1);
const ROOT = { user: 'root', password: 'secret' };
const CREDENTIALS = `${ROOT.user}:${ROOT.password}`;
const BASIC = `Basic ${Buffer.from(CREDENTIALS).toString('base64')}`;
const CLIENTS = 6;
const REQUESTS_A_CLIENT = 35;
const BUMP = 1_000_000;
/** The new member takes an index too. */
const RESTORED_ABOVE = BUMP + 1;
/** To write a data directory takes longest. */
const RESTORES = 1;

const output = captureOutput();

let directory: string;
let member: InProcess;
let history: RecordedHistory;
let following: { readonly stop: () => Promise<void> } | undefined;
/** The highest X-Etcd-Index of an answer. */
let acknowledged = 0;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-history-'));
  writeFileSync(join(directory, 'user'), CREDENTIALS, { mode: 0o600 });
  member = await startInProcess('all');
  acknowledged = 0;
});

afterEach(async () => {
  await following?.stop();
  following = undefined;
  await history.stop();
  await member.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function ask({ method, path, body }: Asked): Promise<number> {
  const answer = await fetch(member.url + path, {
    method,
    // Everybody may ask for keys; to look at a password takes long.
    headers: path.startsWith('/v2/auth') ? { Authorization: BASIC } : {},
    ...(body === undefined ? {} : { body }),
  });
  await answer.text();
  if (answer.status >= 500) throw new Error(`${method} ${path}: ${answer.status}`);
  acknowledged = Math.max(acknowledged, Number(answer.headers.get('x-etcd-index') ?? 0));
  return answer.status;
}

async function record(): Promise<RecordedHistory> {
  const answer = await fetch(`${member.url}/v2/members`);
  const { members } = (await answer.json()) as { members: { id: string }[] };
  const clusterId = answer.headers.get('x-etcd-cluster-id') ?? '';
  const { url, peerUrl } = member;
  return new RecordedHistory({ url, peerUrl, user: CREDENTIALS, clusterId, memberId: members[0]!.id });
}

async function run(...args: readonly string[]): Promise<void> {
  const before = output.text().length;
  if ((await snapshot(args, {})) !== 0) throw new Error(output.text().slice(before));
}

interface Saved {
  readonly file: string;
  /** What was acknowledged before it was asked for, and what once it was there. */
  readonly least: number;
  readonly most: number;
}

async function saved(name: string): Promise<Saved> {
  const [file, least] = [join(directory, name), acknowledged];
  await run('save', file, `--url=${member.url}`, `--user-file=${join(directory, 'user')}`);
  return { file, least, most: acknowledged };
}

/** Restores and opens it as a member would. */
async function restored(from: string, ...more: readonly string[]): Promise<Machine> {
  const dataDir = mkdtempSync(join(directory, 'data-'));
  await run('restore', from, `--data-dir=${dataDir}`, `--bump-index=${BUMP}`, ...more);
  const data = await openDataDirectory({ path: dataDir });
  try {
    return (await restoreMember(await MemberStore.open(data.kv), 1000))!.machine;
  } finally {
    await data.close();
  }
}

/** @param above how far its indexes have to be above the others */
function expectSame(found: Machine, expected: Machine, above: number): void {
  expect(linesOf(found)).toEqual(linesOf(expected));
  expect(found.keySpace.index).toBe(expected.keySpace.index + above);
}

async function loaded(file: string): ReturnType<typeof loadState> {
  const opened = await SnapshotFile.open(file);
  try {
    return await loadState(opened);
  } finally {
    await opened.close();
  }
}

/** Follows into `backup` until it is stopped; new files come often. */
function follow(): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  const nothing = (): void => undefined;
  const running = new Follower({
    ...{ directory: backup(), fullEveryMs: 700, keep: 1000, signal: stopping.signal, segmentBytesMax: 50_000 },
    reach: () => Promise.resolve({ urls: [member.url], dial: dialTcp, user: CREDENTIALS }),
    log: { info: nothing, warn: nothing, error: nothing },
    pauses: { firstMs: 10, longestMs: 100 },
  }).run();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
  };
  return { stop };
}

function backup(): string {
  return join(directory, 'backup');
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadlineMs = Date.now() + 30_000; !(await isSo());) {
    if (Date.now() > deadlineMs) throw new Error(`it took too long: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function hasFollowed(): Promise<boolean> {
  const { logs } = await filesOf(backup());
  const marks = await Promise.all(logs.map(async ({ path }) => (await readLog(path)).lastMark?.etcdIndex ?? 0));
  return Math.max(0, ...marks) >= acknowledged;
}

/** A quick machine is done with all requests before the second whole state is due. */
async function hasSeveral(): Promise<boolean> {
  const { fulls, logs } = await filesOf(backup());
  return fulls.length > 1 && logs.length > 2;
}

/** Clients ask, while snapshots are taken and a backup follows, is stopped and goes on. */
async function load(random: SeededRandom): Promise<readonly Saved[]> {
  await ask({ method: 'PUT', path: '/v2/auth/users/root', body: JSON.stringify(ROOT) });
  // Not in the midst of it, because whoever was let in while auth was off is cut off then.
  if (random.chance(0.5)) await ask({ method: 'PUT', path: '/v2/auth/enable', body: undefined });
  history = await record();
  for (const each of beginning(random)) await ask(each);
  following = follow();
  const snapshots: Promise<Saved>[] = [];
  let asked = 0;
  const client = async (): Promise<void> => {
    for (let count = 0; count < REQUESTS_A_CLIENT; count += 1) {
      await ask(randomRequest(random));
      asked += 1;
      if (asked % 45 === 44) snapshots.push(saved(`s${asked}.snap`));
      // Long enough for a TTL of a second to end.
      if (asked % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 400));
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  await until('half of the requests', () => asked > (CLIENTS * REQUESTS_A_CLIENT) / 2);
  await following.stop();
  await ask(randomRequest(random));
  following = follow();
  await Promise.all(clients);
  const all = await Promise.all(snapshots);
  await until('the backup has all', hasFollowed);
  await until('the history has all', () => history.knownTo >= acknowledged);
  await until('the backup has several files of each kind', hasSeveral);
  await following.stop();
  return all;
}

async function compareSnapshots(random: SeededRandom, all: readonly Saved[]): Promise<void> {
  expect(all.length).toBeGreaterThan(3);
  const written = random.shuffled(all).slice(0, RESTORES);
  for (const each of all) {
    const { snapshot: found, machine } = await loaded(each.file);
    const { header, totals } = found;
    // Two with rows and the end, at least.
    expect(totals.chunks).toBeGreaterThan(2);
    const expected = history.atEntry(header.index);
    expectSame(machine, expected, 0);
    expect(expected.keySpace.index).toBeGreaterThanOrEqual(each.least);
    // The answers of six clients may be on their way, each to as many changes as the first user or role takes; and keys expire.
    expect(expected.keySpace.index).toBeLessThanOrEqual(each.most + 200);
    if (written.includes(each)) expectSame(await restored(each.file), expected, RESTORED_ABOVE);
  }
}

async function comparePast(random: SeededRandom): Promise<void> {
  await run('verify', backup());
  const { fulls } = await filesOf(backup());
  const first = history.atEntry(fulls[0]!.index).keySpace.index;
  const between = Array.from({ length: 5 }, () => random.integer(first, acknowledged));
  for (const index of [first, ...between, acknowledged]) {
    const machine = await withPast(backup(), { kind: 'index', index }, async ({ state }) => loadState(state));
    expectSame(machine.machine, history.atEtcdIndex(index), 0);
  }
  for (const index of between.slice(0, RESTORES)) {
    expectSame(await restored(backup(), `--at-index=${index}`), history.atEtcdIndex(index), RESTORED_ABOVE);
  }
}

/** A member that begins there gives what is in it, and goes on above all indexes that were given before. */
async function startRestored(): Promise<void> {
  const dataDir = join(directory, 'started');
  await run('save', join(directory, 'last.snap'), `--url=${member.url}`, `--user-file=${join(directory, 'user')}`);
  const peerUrls = `--initial-advertise-peer-urls=http://127.0.0.1:1`;
  await run('restore', join(directory, 'last.snap'), `--data-dir=${dataDir}`, peerUrls);
  const started = await startInProcess('all', [`--data-dir=${dataDir}`, peerUrls]);
  try {
    const endBeforeMs = Date.now() + 60_000;
    for (const path of ['/v2/keys/', '/v2/keys/_h', '/v2/keys/a/_h', '/v2/auth/users', '/v2/auth/roles']) {
      const [was, is] = await Promise.all([member.url, started.url].map((url) => seen(`${url}${path}`, endBeforeMs)));
      expect(is).toEqual(was);
    }
    const body = new URLSearchParams({ value: 'after' });
    const headers = { Authorization: BASIC };
    const answer = await fetch(`${started.url}/v2/keys/after`, { method: 'PUT', body, headers });
    const { node } = (await answer.json()) as { node: { modifiedIndex: number } };
    expect(node.modifiedIndex).toBeGreaterThan(acknowledged + 1_000_000_000);
  } finally {
    await started.stop();
  }
}

/** As a client sees it, but for how long it still is there, and without what ends before then: two members do not notice that at once. */
async function seen(url: string, endBeforeMs: number): Promise<unknown> {
  const answer = await fetch(`${url}?recursive=true&sorted=true`, { headers: { Authorization: BASIC } });
  const stays = ({ expiration }: { expiration?: string }): boolean =>
    expiration === undefined || Date.parse(expiration) > endBeforeMs;
  return JSON.parse(await answer.text(), (name, value: unknown) => {
    if (name === 'nodes') return (value as { expiration?: string }[]).filter(stays);
    return name === 'ttl' || name === 'index' ? undefined : value;
  });
}

test.each(Array.from({ length: ROUNDS }, (_, at) => FIRST_SEED + at))(
  'with seed %d, what is restored is what the history says of that index, all of it',
  async (seed) => {
    const random = new SeededRandom(seed);
    await compareSnapshots(random, await load(random));
    await comparePast(random);
    await startRestored();
  },
  120_000,
);
