import { KeyBrowser } from '../../../src/dashboard/io/keyBrowser';
import { Session } from '../../../src/dashboard/io/session';
import { StatsPoller } from '../../../src/dashboard/io/statsPoller';

interface Asked {
  readonly url: string;
  readonly user: string;
  readonly answer: (status: number, body: unknown) => void;
}

/** By number, not by time: on a busy machine each takes longer. */
const TRIES_MAX = 1000;

let asked: Asked[] = [];
/** What a test has begun ends with it, also where it fails: else it goes on asking. */
const endings: (() => void)[] = [];
const realFetch = globalThis.fetch;

/** Answers when the test says so, also to who wants it no longer: an answer may be on its way already. */
beforeEach(() => {
  asked = [];
  globalThis.fetch = (url, options) =>
    new Promise((resolve) => {
      const header = new Headers(options?.headers).get('Authorization');
      const user = header === null ? '' : (atob(header.slice('Basic '.length)).split(':')[0] ?? '');
      const answer = (status: number, body: unknown) =>
        resolve(new Response(JSON.stringify(body), { status, headers: { 'X-Etcd-Index': '9' } }));
      asked.push({ url: url as string, user, answer });
    });
});
afterEach(() => {
  for (const end of endings.splice(0)) end();
  globalThis.fetch = realFetch;
});

/** For what must not happen: a while in which it could have. What must happen is waited for (`eventually`), however long it takes. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

async function eventually(check: () => void): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      check();
      return;
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
      await settled();
    }
  }
}

function listing(key: string, ...children: string[]): object {
  const nodes = children.map((child) => ({ key: child, value: 'hidden', createdIndex: 5, modifiedIndex: 5 }));
  return { action: 'get', node: { key, dir: true, nodes } };
}

function last(): Asked {
  const found = asked.at(-1);
  if (found === undefined) throw new Error('nothing was asked');
  return found;
}

function browserOf(user: string): { session: Session; browser: KeyBrowser } {
  const session = new Session();
  session.use({ user, password: 'right' });
  const browser = new KeyBrowser(session, () => undefined);
  endings.push(() => browser.pause());
  return { session, browser };
}

function logOut(session: Session, browser: KeyBrowser): void {
  session.use(undefined);
  browser.restart();
}

test('an answer that was under way when its user logged out is not shown to who comes after', async () => {
  const { session, browser } = browserOf('alice');
  void browser.list('/secret');
  const late = last();
  expect(late.user).toBe('alice');
  logOut(session, browser);
  last().answer(200, listing('/', '/open'));
  late.answer(200, listing('/secret', '/secret/pw'));
  await eventually(() => expect(browser.tree.node('/open')).toBeDefined());
  await settled();
  expect(browser.tree.node('/secret')).toBeUndefined();
  expect(browser.tree.node('/secret/pw')).toBeUndefined();
});

test('a directory that is open, removed and made again is listed again, and those below it that are open', async () => {
  const { browser } = browserOf('alice');
  const answering = setInterval(() => {
    for (const { url, answer } of asked.splice(0)) {
      const key = decodeURIComponent(new URL(url, 'http://x').pathname.replace('/v2/keys', '')) || '/';
      const directoryOf = (path: string, ...children: object[]) => ({
        action: 'get',
        node: { key: path, dir: true, nodes: children },
      });
      const inside = { key: '/app/db', dir: true, createdIndex: 5, modifiedIndex: 5 };
      if (key === '/') answer(200, directoryOf('/', { key: '/app', dir: true, createdIndex: 5, modifiedIndex: 5 }));
      else if (key === '/app') answer(200, directoryOf('/app', inside));
      else answer(200, listing('/app/db', '/app/db/host'));
    }
  }, 2);
  endings.push(() => clearInterval(answering));
  await browser.openPath('/app/db/host');
  browser.setOpen('/app/db', true);
  await eventually(() => expect(browser.tree.childrenOf('/app/db')).toEqual(['/app/db/host']));
  const take = (action: string, key: string, modifiedIndex: number): void => {
    const of = {
      key,
      isDirectory: key === '/app',
      value: '',
      createdIndex: modifiedIndex,
      modifiedIndex,
      endsAtMs: undefined,
    };
    (browser as unknown as { take(event: object): void }).take({ action, node: of });
  };
  take('delete', '/app', 20);
  expect(browser.tree.childrenOf('/app')).toBeUndefined();
  take('set', '/app/db/host', 21);
  await eventually(() => {
    expect(browser.tree.childrenOf('/app')).toEqual(['/app/db']);
    expect(browser.tree.childrenOf('/app/db')).toEqual(['/app/db/host']);
    expect(browser.tree.node('/app/db/host')).toBeDefined();
  });
});

test('a hidden directory that was opened by its path, removed and made again is shown again', async () => {
  const encoder = new TextEncoder();
  let tell: ((action: string, key: string, modifiedIndex: number) => void) | undefined;
  const asking = globalThis.fetch;
  globalThis.fetch = (url, options) => {
    const { pathname, searchParams } = new URL(url as string, 'http://x');
    if (!searchParams.has('wait') || pathname !== '/v2/keys/_mine') return asking(url, options);
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        endings.push(() => controller.close());
        tell = (action, key, modifiedIndex) => {
          const dir = key === '/_mine';
          const event = { action, node: { key, dir, createdIndex: modifiedIndex, modifiedIndex } };
          controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
        };
      },
    });
    return Promise.resolve(new Response(stream));
  };
  const answering = setInterval(() => {
    for (const { url, answer } of asked.splice(0)) {
      const { pathname, searchParams } = new URL(url, 'http://x');
      if (searchParams.has('wait')) answer(400, { errorCode: 300 });
      else answer(200, pathname === '/v2/keys/' ? listing('/') : listing('/_mine', '/_mine/x'));
    }
  }, 2);
  endings.push(() => clearInterval(answering));
  const { browser } = browserOf('alice');
  await browser.list('/');
  await browser.openPath('/_mine');
  await eventually(() => expect(tell).toBeDefined());
  tell?.('delete', '/_mine', 20);
  await eventually(() => expect(browser.tree.node('/_mine')).toBeUndefined());
  expect(browser.notice).toBe('');
  tell?.('set', '/_mine/x', 21);
  await eventually(() => expect(browser.tree.childrenOf('/_mine')).toEqual(['/_mine/x']));
  expect(browser.tree.childrenOf('/')).toEqual([]);
});

test('a late refusal of the old user asks the new one for nothing', async () => {
  const { session, browser } = browserOf('alice');
  const own = browser.ask({ method: 'GET', key: '/secret', query: {}, form: {} });
  const late = last();
  logOut(session, browser);
  late.answer(401, { errorCode: 110, message: 'Insufficient credentials' });
  await own;
  await settled();
  expect(browser.needsLogin).toBe(false);
});

/** Answers as a member does at which guests may read nothing and alice what is below /app. */
function answersForAlice(): void {
  const answering = setInterval(() => {
    for (const { url, user, answer } of asked.splice(0)) {
      const { pathname, searchParams } = new URL(url, 'http://x');
      const mayRead = user === 'alice' && pathname.startsWith('/v2/keys/app');
      if (!mayRead) answer(401, { errorCode: 110, message: 'Insufficient credentials' });
      else if (!searchParams.has('wait')) answer(200, listing('/app', '/app/host'));
      else answer(200, {});
    }
  }, 2);
  endings.push(() => clearInterval(answering));
}

test('who may not read the root of all is told so, and is not told that the member is gone', async () => {
  answersForAlice();
  const { session, browser } = browserOf('');
  session.use(undefined);
  browser.restart();
  await eventually(() => expect([browser.connection, browser.needsLogin]).toEqual(['refused', true]));
});

test('who is logged in and may read one directory sees it live, without being asked who they are', async () => {
  answersForAlice();
  const { browser } = browserOf('alice');
  browser.start();
  await eventually(() => expect([browser.connection, browser.needsLogin]).toEqual(['refused', true]));
  await browser.openPath('/app');
  await eventually(() => expect([browser.connection, browser.needsLogin]).toEqual(['live', false]));
  expect(browser.tree.childrenOf('/app')).toEqual(['/app/host']);
});

test('a member that says nothing is not connected, whatever it refused before', async () => {
  answersForAlice();
  const { browser } = browserOf('bob');
  browser.start();
  await eventually(() => expect(browser.connection).toBe('refused'));
  globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'));
  await eventually(() => expect(browser.connection).toBe('silent'));
});

test('what the old user opened and selected is gone', async () => {
  const { session, browser } = browserOf('alice');
  const opened = browser.openPath('/secret');
  last().answer(200, listing('/', '/secret'));
  await opened;
  browser.select('/secret');
  browser.roots = ['/', '/_etcd'];
  browser.recent.add('/secret');
  const { generation } = browser;
  logOut(session, browser);
  expect(browser.selected).toBeUndefined();
  expect(browser.roots).toEqual(['/']);
  expect([...browser.open]).toEqual(['/']);
  expect(browser.recent.size).toBe(0);
  expect(browser.generation).toBeGreaterThan(generation);
});

test('a path that is not there is named once, and nothing else stays selected', async () => {
  const { browser } = browserOf('alice');
  browser.select('/before');
  const opened = browser.openPath('/nope');
  last().answer(200, listing('/', '/before'));
  await eventually(() => expect(asked).toHaveLength(2));
  last().answer(404, { errorCode: 100, message: 'Key not found', cause: '/nope' });
  await opened;
  expect(browser.notice).toBe('Key not found: /nope');
  expect(browser.selected).toBeUndefined();
});

test('readings of the old user are gone too, and those under way are dropped', async () => {
  const session = new Session();
  session.use({ user: 'alice', password: 'right' });
  const stats = new StatsPoller(session, () => undefined);
  endings.push(() => stats.stop());
  stats.start();
  const late = asked;
  asked = [];
  session.use(undefined);
  stats.restart();
  for (const { url, answer } of late) {
    answer(200, url === '/v2/members' ? { members: [{ id: 'a', name: 'm1', clientURLs: [] }] } : {});
  }
  await eventually(() => expect(asked).toHaveLength(4));
  await settled();
  expect(asked.every(({ user }) => user === '')).toBe(true);
  expect(asked).toHaveLength(4);
  expect(stats.members).toEqual([]);
  expect(stats.isHealthy).toBeUndefined();
});

test('a listing that was read before an event, and comes after it, does not take it back', async () => {
  const { browser } = browserOf('alice');
  const node = (value: string, modifiedIndex: number) => ({ key: '/k', value, createdIndex: 5, modifiedIndex });
  const root = browser.list('/');
  last().answer(200, { action: 'get', node: { key: '/', dir: true, nodes: [node('before', 5)] } });
  await root;
  const late = [browser.list('/k'), browser.list('/')];
  const [key, directory] = asked.slice(-2);
  // As the stream brings it.
  const { take } = browser as unknown as { take: (event: object) => void };
  take.call(browser, {
    action: 'set',
    node: { key: '/k', isDirectory: false, value: 'theirs', createdIndex: 5, modifiedIndex: 10, endsAtMs: undefined },
  });
  expect(browser.tree.node('/k')?.value).toBe('theirs');
  // Both are of index 9.
  key?.answer(200, { action: 'get', node: node('mine', 9) });
  directory?.answer(200, { action: 'get', node: { key: '/', dir: true, nodes: [node('mine', 9)] } });
  await Promise.all(late);
  expect(browser.tree.node('/k')?.value).toBe('theirs');
});

test('a read that found nothing, and is answered after the key was made, does not take it away', async () => {
  const { browser } = browserOf('alice');
  const root = browser.list('/');
  last().answer(200, listing('/', '/k'));
  await root;
  const late = browser.list('/k');
  const { take } = browser as unknown as { take: (event: object) => void };
  const made = {
    key: '/k',
    isDirectory: false,
    value: 'new',
    createdIndex: 10,
    modifiedIndex: 10,
    endsAtMs: undefined,
  };
  take.call(browser, { action: 'create', node: made });
  // Of index 9.
  last().answer(404, { errorCode: 100, message: 'Key not found', cause: '/k' });
  await late;
  expect([browser.tree.node('/k')?.value, browser.tree.childrenOf('/')]).toEqual(['new', ['/k']]);
});
