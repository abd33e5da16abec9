import { Session } from '../../../src/dashboard/io/session';
import { Watcher } from '../../../src/dashboard/io/watcher';

/** A watch that the member took: what comes on it is up to the test. */
interface Opened {
  readonly atMs: number;
  readonly send: (text: string) => void;
  readonly end: () => void;
  isCancelled: boolean;
}

let opened: Opened[];
let heard: string[];
let isThere: boolean;
let watcher: Watcher;
let body: () => string | undefined;
const realFetch = globalThis.fetch;

beforeEach(() => {
  [opened, heard, isThere] = [[], [], true];
  body = () => undefined;
  globalThis.fetch = (url) => {
    if (url === '/version') return Promise.resolve(new Response('', { status: isThere ? 200 : 500 }));
    let controller: ReadableStreamDefaultController<Uint8Array>;
    const stream = new ReadableStream<Uint8Array>({
      start: (given) => {
        controller = given;
      },
      cancel: () => {
        watch.isCancelled = true;
      },
    });
    const watch: Opened = {
      atMs: Date.now(),
      send: (text) => controller.enqueue(new TextEncoder().encode(text)),
      end: () => controller.close(),
      isCancelled: false,
    };
    opened.push(watch);
    const text = body();
    if (text !== undefined) watch.send(text);
    return Promise.resolve(new Response(stream, { status: 200 }));
  };
  jest.useFakeTimers();
  watcher = new Watcher('/', new Session(), {
    list: () => Promise.resolve(9),
    onEvent: ({ node }) => heard.push(node.key),
    onState: () => undefined,
    onDenied: () => undefined,
  });
});

afterEach(() => {
  watcher.stop();
  jest.useRealTimers();
  globalThis.fetch = realFetch;
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

function line(key: string, modifiedIndex: number): string {
  return `${JSON.stringify({ action: 'set', node: { key, value: 'v', createdIndex: 5, modifiedIndex } })}\n`;
}

test('what is no JSON ends the watch at the member too, and it is asked ever more seldom', async () => {
  body = () => 'x\n';
  watcher.start();
  await pass(20_000);
  expect(opened.every(({ isCancelled }) => isCancelled)).toBe(true);
  const pauses = opened.slice(1).map(({ atMs }, at) => atMs - (opened[at]?.atMs ?? 0));
  expect(pauses.slice(0, 6)).toEqual([250, 500, 1000, 2000, 4000, 5000]);
});

test('a watch on which something came, or that was idle and well, begins again at once', async () => {
  body = () => (opened.length < 4 ? 'x\n' : undefined);
  watcher.start();
  await pass(2000);
  expect(opened).toHaveLength(4);
  // The member says that it is there.
  await pass(6000);
  opened[3]?.end();
  await pass(10);
  expect(opened).toHaveLength(5);
  opened[4]?.send(line('/a', 10));
  await pass(10);
  expect(heard).toEqual(['/a']);
  opened[4]?.end();
  await pass(10);
  expect(opened).toHaveLength(6);
});

test('a member that hangs is left', async () => {
  watcher.start();
  await pass(10);
  isThere = false;
  await pass(6000);
  expect(opened[0]?.isCancelled).toBe(true);
  expect(opened.length).toBeGreaterThan(1);
});
