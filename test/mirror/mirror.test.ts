import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isGeneration } from '../../src/mirror/directory/names';
import { Mirror, type MirrorSettings } from '../../src/mirror/mirror';
import { MirrorStatus } from '../../src/mirror/status';
import { RealClock } from '../../src/platform/realClock';
import { FakeSource } from './support/fakeSource';
import { seenByName } from './support/readers';

let place: string;
let directory: string;
const stops: (() => Promise<void>)[] = [];

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'cairn-mirror-'));
  directory = join(place, 'made', 'here');
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  rmSync(place, { recursive: true, force: true });
});

function make(source: FakeSource, more: Partial<MirrorSettings> = {}, requireFresh = false) {
  const said: string[] = [];
  const say = (fields: object, message: string): void => {
    said.push([message, ...Object.values(fields).filter((each) => typeof each === 'string')].join(': '));
  };
  const states: string[] = [];
  const status = new MirrorStatus(requireFresh);
  const settings: MirrorSettings = {
    ...{ directory, prefix: '/app', form: { format: 'files' }, modes: { file: 0o644, directory: 0o755 } },
    ...{ limits: { keysMax: 100, bytesMax: 10_000 }, missing: 'keep' },
    ...{ debounce: { quietMs: 5, longestMs: 50 }, resyncMs: 60_000 },
    ...more,
  };
  const mirror = new Mirror(settings, {
    ...{ source, clock: new RealClock(), random: () => 0.9, log: { info: say, warn: say, error: say }, status },
    listener: { onState: (digest) => states.push(digest) },
  });
  stops.push(() => mirror.close());
  const stopping = new AbortController();
  const start = async (): Promise<void> => {
    await mirror.open();
    const over = mirror.follow(stopping.signal);
    stops.unshift(async () => {
      stopping.abort();
      await over;
    });
  };
  return { mirror, status, said, states, start, signal: stopping.signal };
}

/** What an earlier process left. */
async function write(source: FakeSource): Promise<void> {
  const { mirror } = make(source);
  await mirror.open();
  expect(await mirror.once(new AbortController().signal)).toBe(true);
  await mirror.close();
}

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !isSo(); await new Promise((done) => setTimeout(done, 5)))
    if (Date.now() > deadline) throw new Error('it did not come about');
}

/** Until a round began and ended after now. */
async function untilListed(source: FakeSource): Promise<void> {
  const { lists } = source;
  await until(() => source.lists > lists + 1);
}

const seen = (): Readonly<Record<string, string>> => Object.fromEntries(seenByName(directory));

test('it holds what the prefix holds, from the first listing on', async () => {
  const source = new FakeSource();
  source.set('db/host', 'a');
  source.set('name', 'x');
  const { status, states, start } = make(source);
  await start();
  await until(() => status.isReady);
  expect(seen()).toEqual({ 'db/host': 'a', name: 'x' });
  source.set('db/host', 'b');
  source.delete('name');
  source.set('db/port', '1');
  await until(() => status.counts.written === 2);
  expect(seen()).toEqual({ 'db/host': 'b', 'db/port': '1' });
  expect(status).toMatchObject({ isFresh: true, isConnected: true, state: { index: source.index, keys: 2, bytes: 2 } });
  expect(new Set(states).size).toBe(2);
});

test('the directory that it makes is open to readers, whatever the umask', async () => {
  const before = process.umask(0o077);
  try {
    await make(new FakeSource()).mirror.claim();
    expect(statSync(directory).mode & 0o777).toBe(0o755);
  } finally {
    process.umask(before);
  }
});

test('a listing that is the same is not written again, and its index is known', async () => {
  const source = new FakeSource();
  source.set('a', '1');
  const { status, start } = make(source);
  await start();
  await until(() => status.isReady);
  const before = readdirSync(directory).find(isGeneration);
  source.set('a', '1');
  await until(() => status.state?.index === source.index);
  expect(readdirSync(directory).find(isGeneration)).toBe(before);
  expect(status.counts.written).toBe(1);
});

test('the next process begins with what is there; with --require-fresh it is not ready until the cluster said so', async () => {
  const source = new FakeSource();
  source.set('a', '1');
  await write(source);
  source.failure = new Error('nobody answers');
  for (const requireFresh of [false, true]) {
    const { mirror, status, said } = make(source, {}, requireFresh);
    await mirror.open();
    expect([status.isReady, status.isFresh]).toEqual([!requireFresh, false]);
    expect(said.join()).toMatch(/the last state is still there/);
    expect(seen()).toEqual({ a: '1' });
    await mirror.close();
  }
});

test('what can be neither read nor removed there is said, and keeps nobody from beginning', async () => {
  const source = new FakeSource();
  source.set('a', '1');
  await write(source);
  const long = join(directory, '..data', 'a');
  truncateSync(long, 3 * 1024 ** 3);
  const note = JSON.stringify({ index: 1, keys: 1, bytes: 4 * 1024 ** 3, digest: '', made: '' });
  writeFileSync(join(directory, '..data', '..mirror.json'), note);
  mkdirSync(join(directory, '..told_tmp'));
  const { mirror, said } = make(source);
  await mirror.open();
  expect(said.join()).toMatch(/could not be removed; .*cannot be read, so it is not begun with/);
  expect(await mirror.once(new AbortController().signal)).toBe(true);
  expect(seen()).toEqual({ a: '1' });
});

test.each<[string, Partial<MirrorSettings>]>([
  ['another prefix', { prefix: '/other' }],
  ['another form', { form: { format: 'json', file: 'a', namePrefix: '' } }],
  ['other modes', { modes: { file: 0o600, directory: 0o755 } }],
])('a state of %s is none to begin with; it stays until there is one', async (_name, more) => {
  const source = new FakeSource();
  source.set('a', '1');
  await write(source);
  const { mirror, status } = make(source, more);
  await mirror.open();
  expect(status.isReady).toBe(false);
  expect(seen()).toEqual({ a: '1' });
  expect(await mirror.once(new AbortController().signal)).toBe(true);
  expect(status.counts.written).toBe(1);
});

test('while nobody answers the last state stays, which is said once; then it goes on', async () => {
  const source = new FakeSource();
  source.set('a', '1');
  const { status, said, start } = make(source);
  await start();
  await until(() => status.isReady && source.watching === 1);
  source.failure = new Error('nobody answers');
  source.endWatches(source.failure);
  await untilListed(source);
  expect(status).toMatchObject({ isReady: true, isConnected: false });
  expect(seen()).toEqual({ a: '1' });
  source.failure = undefined;
  source.set('a', '2');
  await until(() => status.counts.written === 2);
  expect(seen()).toEqual({ a: '2' });
  expect(said.filter((line) => line.includes('nobody answers'))).toHaveLength(1);
  expect(said).toContain('the cluster answers again');
});

test('a listing that has no place in files is refused as a whole, and taken when it has', async () => {
  const source = new FakeSource();
  source.set('a', '1');
  const { status, said, start } = make(source);
  await start();
  await until(() => status.isReady);
  source.set('b', '2');
  source.set('x'.repeat(300), '3');
  await until(() => status.counts.refused > 0);
  source.set('c', '4');
  await until(() => status.counts.refused > 1);
  expect(seen()).toEqual({ a: '1' });
  expect(said.filter((line) => line.includes('too long for a file'))).toHaveLength(1);
  source.delete('x'.repeat(300));
  await until(() => status.counts.written === 2);
  expect(seen()).toEqual({ a: '1', b: '2', c: '4' });
  expect(said).toContain('the state is written again');
});

test.each([
  ['missing', /there is no directory \/app; make it/],
  ['key', /\/app is a key with a value/],
] as const)('a prefix that is %s leaves the last state', async (kind, why) => {
  const source = new FakeSource();
  source.set('a', '1');
  const { status, said, start } = make(source);
  await start();
  await until(() => status.isReady);
  source.kind = kind;
  source.changed();
  await until(() => status.counts.refused > 0);
  expect(said.join('\n')).toMatch(why);
  expect(seen()).toEqual({ a: '1' });
});

test('a prefix that is missing may mean no files', async () => {
  const source = new FakeSource();
  source.kind = 'missing';
  const { mirror, status } = make(source, { missing: 'empty' });
  await mirror.open();
  expect(await mirror.once(new AbortController().signal)).toBe(true);
  expect(status.state).toMatchObject({ keys: 0 });
  expect(seen()).toEqual({});
});

test('what cannot be written leaves the last state, and is tried again without a change', async () => {
  const source = new FakeSource();
  source.set('a', '1');
  const { status, said, start } = make(source);
  await start();
  await until(() => status.isReady);
  writeFileSync(join(directory, 'b'), 'theirs');
  source.set('b', '2');
  await until(() => status.counts.notWritten > 0);
  expect(said.join('\n')).toMatch(/b is in the way/);
  expect(seen()).toEqual({ a: '1', b: 'theirs' });
  rmSync(join(directory, 'b'));
  await until(() => status.counts.written === 2);
  expect(seen()).toEqual({ a: '1', b: '2' });
});

describe('what others do to the links that readers go by, while the keys stay as they are:', () => {
  const theirs = (): void => {
    rmSync(join(directory, 'a'));
    writeFileSync(join(directory, 'a'), 'theirs');
  };
  /** As a shell does `rm -rf DIR/*`. */
  const removeAll = (): void => {
    for (const name of readdirSync(directory).filter((each) => !each.startsWith('.')))
      rmSync(join(directory, name), { recursive: true });
  };
  const held = (): FakeSource => {
    const source = new FakeSource();
    source.set('a', '1');
    source.set('db/host', 'h');
    return source;
  };
  const WHOLE = { a: '1', 'db/host': 'h' };

  test('links that were removed are put back by the next listing', async () => {
    const { status, said, start } = make(held(), { resyncMs: 20 });
    await start();
    await until(() => status.isReady);
    removeAll();
    expect(seen()).toEqual({});
    await until(() => 'a' in seen() && 'db/host' in seen());
    expect(seen()).toEqual(WHOLE);
    await until(() => said.join('\n').includes('links that somebody had removed are put back: a'));
    expect(status.counts).toMatchObject({ written: 1, notWritten: 0 });
  });

  test('they are put back at the start too, before anything is said to be there, without the cluster', async () => {
    const source = held();
    await write(source);
    removeAll();
    source.failure = new Error('nobody answers');
    const { mirror, status } = make(source);
    await mirror.open();
    expect(seen()).toEqual(WHOLE);
    expect(status.isReady).toBe(true);
  });

  test('what has taken the place of one is in the way, which is said until it is gone', async () => {
    const { status, said, start } = make(held(), { resyncMs: 20 });
    await start();
    await until(() => status.isReady);
    theirs();
    await until(() => status.counts.notWritten > 0);
    expect(said.join('\n')).toContain(`${join(directory, 'a')} is in the way`);
    const { currentAtS } = status;
    expect(seen()).toEqual({ ...WHOLE, a: 'theirs' });
    rmSync(join(directory, 'a'));
    await until(() => status.currentAtS > currentAtS);
    expect(seen()).toEqual(WHOLE);
    expect(said).toContain('the state is written again');
  });

  test('a state with something in the way is none to begin with', async () => {
    const source = held();
    await write(source);
    theirs();
    source.failure = new Error('nobody answers');
    const { mirror, status, said, states } = make(source);
    await mirror.open();
    expect([status.isReady, states]).toEqual([false, []]);
    expect(said.join('\n')).toMatch(/readers do not see all that the directory holds, .*: .*a is in the way/);
    source.failure = undefined;
    const stopping = new AbortController();
    const over = mirror.once(stopping.signal);
    await until(() => status.counts.notWritten > 1);
    stopping.abort();
    expect(await over).toBe(false);
    expect(seen()).toEqual({ ...WHOLE, a: 'theirs' });
  });

  test.each<[string, () => void]>([
    ['the link to the state', () => rmSync(join(directory, '..data'))],
    ['the state', () => rmSync(join(directory, readdirSync(directory).find(isGeneration) ?? ''), { recursive: true })],
    ['a file of the state', () => rmSync(join(directory, '..data', 'a'))],
    [
      'what the link leads to',
      () => {
        rmSync(join(directory, '..data'));
        symlinkSync('..lock', join(directory, '..data'));
        writeFileSync(join(directory, '..lock'), '');
      },
    ],
  ])('without %s it is written again', async (_name, damage) => {
    const { status, start } = make(held(), { resyncMs: 20 });
    await start();
    await until(() => status.isReady);
    damage();
    await until(() => status.counts.written === 2);
    expect(seen()).toEqual(WHOLE);
  });
});

test('an index that goes back is another cluster: it is taken, and said', async () => {
  const source = new FakeSource();
  source.index = 100;
  source.set('a', '1');
  const { status, said, start } = make(source, { resyncMs: 20 });
  await start();
  await until(() => status.isReady);
  source.index = 3;
  source.keys.set('a', '0');
  await until(() => status.counts.written === 2);
  expect(seen()).toEqual({ a: '0' });
  expect(said.join('\n')).toMatch(/the index went back/);
});

test('one directory is for one: another mirror changes nothing there, of this prefix or of another, until it is alone', async () => {
  const source = new FakeSource();
  source.set('a', '1');
  const { mirror, status, start } = make(source);
  await start();
  await until(() => status.isReady);
  const before = readdirSync(directory).sort();
  for (const prefix of ['/app', '/other']) {
    const second = make(source, { prefix });
    await expect(second.mirror.open()).rejects.toThrow(
      /another cairn mirror writes to .*, and two need two directories/,
    );
    expect([second.states, readdirSync(directory).sort()]).toEqual([[], before]);
  }
  for (const stop of stops.splice(0)) await stop();
  await mirror.close();
  const after = make(source);
  await after.mirror.open();
  expect(after.status.state).toMatchObject({ keys: 1 });
});

test('taken over, as by a process on another machine, it ends before it writes there again', async () => {
  const source = new FakeSource();
  source.set('a', '1');
  const { mirror, status, signal } = make(source);
  await mirror.open();
  const over = mirror.follow(signal);
  await until(() => status.isReady);
  rmSync(join(directory, readdirSync(directory).find((name) => name.startsWith('..lock-')) ?? ''));
  source.set('a', '2');
  await expect(over).rejects.toThrow(/has taken .* over/);
  expect(seen()).toEqual({ a: '1' });
});

test('stopped, it ends, wherever it is', async () => {
  const source = new FakeSource();
  source.failure = new Error('nobody answers');
  const { mirror, signal } = make(source);
  await mirror.open();
  const stopping = new AbortController();
  const over = mirror.once(AbortSignal.any([signal, stopping.signal]));
  await until(() => source.lists > 1);
  stopping.abort();
  expect(await over).toBe(false);
});
