/** A backup that follows a member in this process, through everything that can come between them. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { Follower, type FollowOptions } from '../../../src/ctl/snapshot/follow/follower';
import { save } from '../../../src/ctl/snapshot/save';
import { snapshot } from '../../../src/ctl/snapshot/snapshot';
import type { Machine } from '../../../src/machine/machine';
import { dialTcp } from '../../../src/platform/dial';
import { filesOf, fullName } from '../../../src/snapshot/backup/files';
import { readLog } from '../../../src/snapshot/backup/logFile';
import { withPast } from '../../../src/snapshot/backup/openPast';
import type { Target } from '../../../src/snapshot/backup/target';
import { loadState } from '../../../src/snapshot/loadedState';
import { SnapshotFile, type StateSource } from '../../../src/snapshot/openFile';
import { logBeginning, logMark } from '../../../src/snapshot/format/logWriter';
import { until } from '../../api/apiUnderTest';
import { backupDirectory, LoggedCluster, NOW_MS, putFull } from '../../snapshot/backup/support';
import { MARK } from '../../snapshot/support/sampleLog';
import { startInProcess, type InProcess } from '../../support/inProcess';
import { stablePort } from '../../support/ports';
import { captureOutput } from '../output';
import { startLiar, type Liar } from './liar';

const directory = backupDirectory();
const output = captureOutput();

let member: InProcess;
beforeAll(async () => {
  member = await startInProcess('all');
});
afterAll(() => member.stop());

let running: { readonly stop: () => Promise<void>; readonly said: string[] } | undefined;
let liar: Liar | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await liar?.close();
  liar = undefined;
});

interface Running {
  readonly stop: () => Promise<void>;
  /** Why it ended by itself. */
  readonly ended: Promise<string>;
  readonly said: string[];
}

function follow(urls: readonly string[], options: Partial<FollowOptions> = {}): Running {
  const stopping = new AbortController();
  const said: string[] = [];
  const note = (fields: object, message: string): void => void said.push(`${message} ${JSON.stringify(fields)}`);
  const follower = new Follower({
    ...{ directory: path(), fullEveryMs: 86_400_000, keep: 3, signal: stopping.signal },
    reach: () => Promise.resolve({ urls, dial: dialTcp }),
    log: { info: note, warn: note, error: note },
    pauses: { firstMs: 10, longestMs: 100 },
    ...options,
  });
  const ended = follower.run().then(
    () => 'stopped',
    (error: unknown) => String(error),
  );
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended;
  };
  running = { stop, said };
  return { stop, ended, said };
}

/** Where its files are: a directory that it makes. */
function path(): string {
  return join(directory.path(), 'backup');
}

async function set(key: string, form: Record<string, string>, url = member.url): Promise<number> {
  const answer = await fetch(`${url}/v2/keys${key}`, { method: 'PUT', body: new URLSearchParams(form) });
  return Number(answer.headers.get('x-etcd-index'));
}

async function remove(key: string): Promise<void> {
  await fetch(`${member.url}/v2/keys${key}?recursive=true`, { method: 'DELETE' });
}

/** The X-Etcd-Index up to which the logs lead, as marks say. */
async function followedTo(): Promise<number> {
  if (!existsSync(path())) return 0;
  const { logs } = await filesOf(path());
  const marks = await Promise.all(logs.map(async (log) => (await readLog(log.path)).lastMark?.etcdIndex ?? 0));
  return Math.max(0, ...marks);
}

async function untilFollowed(index: number): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  while ((await followedTo()) < index) {
    if (Date.now() > deadlineMs) throw new Error(`not followed to ${index}: ${running?.said.join('\n') ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function loaded(source: StateSource): Promise<Machine> {
  return (await loadState(source)).machine;
}

/** Every node, with all that there is of it. */
function nodesOf({ keySpace }: Machine): readonly string[] {
  const nodes = [...keySpace.tree.everyNode()].map((node) => {
    const { path: name, createdIndex, modifiedIndex, expiry } = node;
    return [name, node.dir ? '' : node.value, createdIndex, modifiedIndex, expiry?.expirationMs].join(' ');
  });
  return [`index ${keySpace.index}`, ...nodes.sort()];
}

/** The state as it is now, by a snapshot. */
async function now(): Promise<{ readonly index: number; readonly nodes: readonly string[] }> {
  const file = join(directory.path(), 'now.snap');
  await save({ url: member.url, dial: dialTcp, file, replaces: true, quorum: true });
  const opened = await SnapshotFile.open(file);
  try {
    const machine = await loaded(opened);
    return { index: machine.keySpace.index, nodes: nodesOf(machine) };
  } finally {
    await opened.close();
  }
}

function restored(target: Target): Promise<readonly string[]> {
  return withPast(path(), target, async ({ state }) => nodesOf(await loaded(state)));
}

test('it leads to every state that snapshots say there was, expired, hidden and removed keys and all', async () => {
  const { stop, ended } = follow([member.url]);
  await until(() => existsSync(path()) && readdirSync(path()).some((name) => name.endsWith('.log')));
  const states = [];
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(
      Array.from({ length: 30 }, (_, key) => set(`/f/k${key % 7}/n${key}`, { value: `${round} ${key}` })),
    );
    await set(`/_hidden/${round}/x`, { value: 'h' });
    await set('/f/short', { value: 's', ttl: '1' });
    await set('/f/dir', { dir: 'true', ttl: '500', prevExist: round === 0 ? 'false' : 'true' });
    await set('/f/k1/n1', { value: 'swapped', prevValue: `${round} 1` });
    if (round === 2) await remove('/f/k3');
    states.push(await now());
    await new Promise((resolve) => setTimeout(resolve, round === 1 ? 1700 : 50));
  }
  const last = states.at(-1)!;
  await untilFollowed(last.index);
  for (const { index, nodes } of states) expect(await restored({ kind: 'index', index })).toEqual(nodes);
  await stop();
  expect(await ended).toBe('stopped');
  for (const name of readdirSync(path())) expect(statSync(join(path(), name)).mode & 0o777).toBe(0o600);
  expect(statSync(path()).mode & 0o777).toBe(0o700);
  expect(await snapshot(['verify', path()], {})).toBe(0);
  expect(output.text()).toContain('ok       every byte is as it was written');
});

test('a run that was killed is gone on with, after the last entry that is whole', async () => {
  const first = follow([member.url]);
  await until(() => existsSync(path()) && readdirSync(path()).some((name) => name.endsWith('.log')));
  await untilFollowed(await set('/g/a', { value: '1' }));
  await first.stop();
  const [log] = (await filesOf(path())).logs;
  appendFileSync(log!.path, Buffer.concat(logMark(MARK)).subarray(0, 40));
  await set('/g/b', { value: '2' });
  const second = follow([member.url]);
  await untilFollowed(await set('/g/c', { value: '3' }));
  expect(second.said.join('\n')).toContain(`${log!.name} ends in the middle of a record`);
  const { index, nodes } = await now();
  await untilFollowed(index);
  expect(await restored({ kind: 'newest' })).toEqual(nodes);
  const { fulls, logs } = await filesOf(path());
  expect([fulls.length, logs.length]).toEqual([1, 2]);
});

test('what is damaged is told, left as it is, and a full snapshot leads on', async () => {
  await follow([member.url]).stop();
  const first = follow([member.url]);
  await untilFollowed(await set('/h/a', { value: '1' }));
  await first.stop();
  const [log] = (await filesOf(path())).logs;
  const bytes = readFileSync(log!.path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(log!.path, bytes);
  await set('/h/b', { value: '2' });
  const second = follow([member.url]);
  await untilFollowed(await set('/h/c', { value: '3' }));
  expect(second.said.join('\n')).toMatch(new RegExp(`the log leads only to entry \\d+ \\(${log!.name}: byte \\d+`));
  const { index, nodes } = await now();
  await untilFollowed(index);
  expect(await restored({ kind: 'newest' })).toEqual(nodes);
  expect(readFileSync(log!.path).equals(bytes)).toBe(true);
  expect((await filesOf(path())).fulls).toHaveLength(2);
});

/** Hands requests on to the member, but for what a test says of them. */
async function before(answers: (path: string, respond: Parameters<RequestListener>[1]) => boolean): Promise<string> {
  liar = await startLiar((incoming, response) => {
    if (answers(incoming.url ?? '', response)) return;
    const { method, headers } = incoming;
    const passed = request(new URL(incoming.url ?? '', member.url), { method: method!, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
      response.on('close', () => answer.destroy());
    });
    passed.on('error', () => response.destroy());
    passed.end();
  });
  return liar.url;
}

const isLog = (url: string): boolean => url.startsWith('/v2/admin/log');

/** What a run leaves that was killed after it took a snapshot, and before the log led up to that. Answers the index of a state between the two. */
async function killedBesideSnapshot(): Promise<number> {
  const first = follow([member.url]);
  await untilFollowed(await set('/hole/a', { value: '1' }));
  await first.stop();
  const between = await set('/hole/b', { value: '2' });
  await set('/hole/c', { value: '3' });
  const file = join(path(), 'next.snap');
  const { header } = await save({ url: member.url, dial: dialTcp, file, replaces: true, quorum: true });
  renameSync(file, join(path(), fullName(header.index)));
  return between;
}

async function ranges(): Promise<number> {
  const before = output.text().length;
  expect(await snapshot(['verify', path(), '--output=json'], {})).toBe(0);
  return (JSON.parse(output.text().slice(before)) as { ranges: unknown[] }).ranges.length;
}

test('killed between a snapshot and the log up to it, it leaves no hole', async () => {
  const between = await killedBesideSnapshot();
  expect(await ranges()).toBe(2);
  const again = follow([member.url]);
  await untilFollowed(await set('/hole/d', { value: '4' }));
  await again.stop();
  expect(await ranges()).toBe(1);
  expect((await restored({ kind: 'index', index: between })).join('\n')).toContain('/hole/b 2');
  expect((await filesOf(path())).fulls).toHaveLength(2);
});

test.each([409, 410])('where nobody has the entries between (%d) it goes on behind the snapshot', async (status) => {
  await killedBesideSnapshot();
  let refusals = 1;
  const url = await before((asked, response) => {
    if (!isLog(asked) || refusals-- <= 0) return false;
    response.writeHead(status).end('not here\n');
    return true;
  });
  const again = follow([url]);
  await untilFollowed(await set('/hole/d', { value: '4' }));
  await again.stop();
  expect(again.said.join('\n')).toContain('the log goes on behind the newest snapshot');
  expect([await ranges(), (await filesOf(path())).fulls.length]).toEqual([2, 2]);
  expect(await restored({ kind: 'newest' })).toEqual((await now()).nodes);
});

test('a member that has forgotten entries gives a full snapshot instead', async () => {
  let refusals = 1;
  const url = await before((asked, response) => {
    if (!isLog(asked) || refusals-- <= 0) return false;
    response.writeHead(410).end('the log begins at entry 900 here\n');
    return true;
  });
  const { said } = follow([url]);
  await untilFollowed(await set('/i/a', { value: '1' }));
  expect(said.filter((line) => line.startsWith('a full snapshot was taken'))).toHaveLength(2);
  expect(said.join('\n')).toContain('the member has forgotten entries');
});

test('also one that forgot them while it was away', async () => {
  const open: { destroy: () => unknown }[] = [];
  let asked = 0;
  const url = await before((path, response) => {
    if (!isLog(path)) return false;
    asked += 1;
    if (asked === 2) {
      response.writeHead(410).end('the log begins at entry 900 here\n');
      return true;
    }
    open.push(response);
    return false;
  });
  follow([url]);
  await untilFollowed(await set('/i/b', { value: '1' }));
  // What was written while nobody followed is behind the gap.
  await set('/i/c', { value: '1' });
  for (const response of open) response.destroy();
  await untilFollowed(await set('/i/d', { value: '1' }));
  await running?.stop();
  expect(asked).toBe(3);
  expect(await snapshot(['verify', path(), '--output=json'], {})).toBe(0);
  const { damage } = JSON.parse(output.text()) as { damage: unknown[] };
  expect(damage).toEqual([]);
  expect(await restored({ kind: 'newest' })).toEqual((await now()).nodes);
});

test('members that are away, lie, or fall silent are passed over for one that answers', async () => {
  const nobody = `http://127.0.0.1:${await stablePort()}`;
  let lies = 0;
  const header = { clusterId: '0', after: 0, term: 0 };
  const url = await before((asked, response) => {
    if (!isLog(asked)) return false;
    lies += 1;
    if (lies === 1) response.writeHead(200).end('<html>'.repeat(9));
    else if (lies === 2) response.writeHead(200).end();
    else if (lies === 3) response.writeHead(503).end('no leader\n');
    else if (lies === 4) response.writeHead(200).write(logBeginning(header)[0]);
    else return false;
    return true;
  });
  const { said } = follow([nobody, url], { silenceMaxMs: 300 });
  await untilFollowed(await set('/j/a', { value: '1' }));
  // That it goes on is said once its first mark is on the disk.
  await until(() => said.some((line) => line.startsWith('the backup goes on')));
  const all = said.join('\n');
  for (const words of [
    'ECONNREFUSED|refused',
    'sends is no log: byte 0',
    'ended the log',
    'no leader',
    'nothing came for 0.3 s',
  ]) {
    expect(all).toMatch(new RegExp(words));
  }
});

test('a connection that breaks in the middle costs nothing', async () => {
  const open: { destroy: () => unknown }[] = [];
  const url = await before((asked, response) => {
    if (isLog(asked)) open.push(response);
    return false;
  });
  follow([url]);
  for (let round = 0; round < 5; round += 1) {
    const index = await set('/k/a', { value: `${round}` });
    await untilFollowed(index);
    await set('/k/b', { value: `${round}` });
    for (const response of open.splice(0)) response.destroy();
  }
  const { index, nodes } = await now();
  await untilFollowed(index);
  expect(await restored({ kind: 'newest' })).toEqual(nodes);
  expect((await filesOf(path())).fulls).toHaveLength(1);
});

test('the directory of another cluster is refused and left alone', async () => {
  const other = new LoggedCluster();
  other.term = 99;
  await follow([]).stop();
  putFull(path(), 10, other.full(NOW_MS));
  const before = readdirSync(path());
  expect(await follow([member.url]).ended).toMatch(/FollowRefused: .*409.* is the backup of another log/);
  expect(readdirSync(path())).toEqual(before);
});

test('also where the log of that cluster would be long forgotten', async () => {
  const other = new LoggedCluster();
  await follow([]).stop();
  putFull(path(), 10, other.full(NOW_MS));
  const before = readdirSync(path());
  const url = await forgetful();
  expect(await follow([url]).ended).toMatch(
    /FollowRefused: .* is the backup of cluster 6c3e73ee238ab33f, and .* is of cluster/,
  );
  expect(readdirSync(path())).toEqual(before);
});

function forgetful(): Promise<string> {
  return before((asked, response) => {
    if (!isLog(asked)) return false;
    response.writeHead(410).end();
    return true;
  });
}

test('full snapshots are taken again while the log goes on, and so many are kept', async () => {
  const { said } = follow([member.url], { fullEveryMs: 200, keep: 2, segmentBytesMax: 2000 });
  const taken = (): number => said.filter((line) => line.startsWith('a full snapshot was taken')).length;
  let index = 0;
  while (taken() < 4) index = await set(`/l/${taken()}`, { value: 'x'.repeat(100) });
  await untilFollowed(index);
  await running!.stop();
  const { fulls, logs } = await filesOf(path());
  expect(fulls).toHaveLength(2);
  expect(logs.length).toBeGreaterThan(2);
  const { nodes } = await now();
  expect(await restored({ kind: 'newest' })).toEqual(nodes);
  // Between two of them nothing is missing.
  expect(await snapshot(['verify', path(), '--output=json'], {})).toBe(0);
  const { ranges, damage } = JSON.parse(output.text()) as { ranges: unknown[]; damage: unknown[] };
  expect([ranges.length, damage]).toEqual([1, []]);
});

test('a snapshot counts also where what is older cannot be removed, which is named', async () => {
  const stuck = 'full-0000000000000000.snap';
  mkdirSync(join(path(), stuck), { recursive: true });
  const { said } = follow([member.url], { keep: 1 });
  await untilFollowed(await set('/stuck', { value: 'x' }));
  await running!.stop();
  expect(said).toContainEqual(expect.stringMatching(`could not be removed .*"file":"${stuck}"`));
  expect((await filesOf(path())).fulls).toHaveLength(2);
  expect(said.filter((line) => line.startsWith('a full snapshot was taken'))).toHaveLength(1);
});

test('one directory is for one that follows: a second is refused, and what a killed one left is in nobody’s way', async () => {
  const first = follow([member.url]);
  await untilFollowed(await set('/first', { value: 'x' }));
  const before = readdirSync(path());
  expect(await snapshot(['follow', path(), `--url=${member.url}`], {})).toBe(1);
  expect(output.text()).toContain('another process follows into');
  expect(readdirSync(path())).toEqual(before);
  await untilFollowed(await set('/first', { value: 'y' }));
  await first.stop();
  const locks = (): readonly string[] => readdirSync(path()).filter((name) => name.startsWith('lock-'));
  expect(locks()).toEqual([]);
  // As `kill -9` leaves it: a socket at which nobody listens.
  const lock = JSON.stringify(join(path(), 'lock-01234567'));
  const program = `require('net').createServer().listen(${lock}, () => process.kill(process.pid, 9))`;
  spawnSync(process.execPath, ['-e', program]);
  expect(locks()).toEqual(['lock-01234567']);
  follow([member.url]);
  await untilFollowed(await set('/second', { value: 'z' }));
  expect(locks()).not.toContain('lock-01234567');
});

/** One follows, and then another one on another machine, whom nobody can ask from here. */
async function takenOver(options: Partial<FollowOptions>): Promise<readonly [first: Running, second: Running]> {
  const first = follow([member.url], options);
  await untilFollowed(await set('/first', { value: 'x' }));
  const [lock] = readdirSync(path()).filter((name) => name.startsWith('lock-')) as [string];
  rmSync(join(path(), lock));
  return [first, follow([member.url])];
}

test('one whose directory was taken over by another machine ends, and leaves it alone', async () => {
  const [first, second] = await takenOver({ segmentBytesMax: 500 });
  for (let round = 0; round < 10; round++) await set('/first', { value: 'y'.repeat(200) });
  expect(await first.ended).toMatch(/FollowRefused: another process has taken .* over/);
  await untilFollowed(await set('/first', { value: 'z' }));
  await second.stop();
  expect(await snapshot(['verify', path()], {})).toBe(0);
});

test('so does one that finds it out when it takes a full snapshot beside a log that is quiet', async () => {
  const [first, second] = await takenOver({ fullEveryMs: 1500 });
  expect(await first.ended).toMatch(/FollowRefused: another process has taken .* over/);
  await second.stop();
});

test('a snapshot that was taken by a clock that was ahead does not put the next one off for as long', async () => {
  const before = follow([member.url]);
  await untilFollowed(await set('/first', { value: 'x' }));
  await before.stop();
  const { now } = Date;
  Date.now = () => now() - 365 * 86_400_000;
  try {
    const again = follow([member.url], { fullEveryMs: 500 });
    await until(() => again.said.some((line) => line.startsWith('a full snapshot was taken')));
  } finally {
    Date.now = now;
  }
});

test('a directory that cannot be one is told at once', async () => {
  writeFileSync(path(), 'a file');
  expect(await snapshot(['follow', path(), `--url=${member.url}`], {})).toBe(1);
  expect(output.text()).toContain(`${path()} is a file, expected a directory or nothing`);
});

test.each([
  [['follow', 'DIR', '--full-every=1'], '--full-every "1": give a whole number from 60'],
  [['follow', 'DIR', '--keep=0'], '--keep "0": give a whole number from 1'],
  [['follow', 'DIR', '--replace'], '--replace is not for follow'],
  [['follow', 'DIR', '--url=nowhere'], '--url "nowhere" is not a URL'],
  [['save', 'FILE', '--keep=3'], '--keep is not for save'],
])('%p is a mistake', async (args, words) => {
  expect(await snapshot(args, {})).toBe(2);
  expect(output.text()).toContain(words);
});
