/** What a compiler would have refused, where there is none. */
import { createClient, type Client } from '../../src/client/client';
import { FakeServer } from './fakeServer';

/** As plain JavaScript sees it. */
type Loose = (...args: readonly unknown[]) => unknown;

const URL = 'http://127.0.0.1:1';
const make = createClient as unknown as Loose;

it.each<[readonly unknown[], string]>([
  [[], 'the one argument of createClient, { endpoints }, has to be an object, and it is undefined'],
  [[null], 'has to be an object, and it is null'],
  [['http://root:SeCrEt@h'], 'has to be an object, and it is of type string'],
  [[{}], 'endpoints has to be a URL or a list of them, such as http://127.0.0.1:2379, and it is undefined'],
  [[{ endpoints: [] }], 'endpoints: there has to be one at least'],
  [[{ endpoints: [URL, undefined] }], 'and one is undefined'],
  [[{ endpoints: { SeCrEt: 1 } }], 'and it is of type object'],
  [[{ endpoints: 'http://root:p@SeCrEt@h' }], 'endpoint "http://***@h" has a user in it'],
  [[{ endpoints: URL, auth: {} }], 'auth.username has to be a text, and it is undefined'],
  [[{ endpoints: URL, auth: 'root:SeCrEt' }], 'auth has to be an object, and it is of type string'],
  [[{ endpoints: URL, auth: { username: 'root' } }], 'auth.password has to be a text, and it is undefined'],
  [[{ endpoints: URL, backOff: null }], 'backOff has to be an object, and it is null'],
])('createClient of %j', (args, text) => {
  expect(() => make(...args)).toThrow(TypeError);
  expect(() => make(...args)).toThrow(text);
  expect(() => make(...args)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('SeCrEt') }));
});

describe('nothing is asked', () => {
  const server = new FakeServer();
  let client: Client;
  beforeAll(async () => {
    await server.start();
    client = createClient({ endpoints: server.url });
  });
  afterAll(() => {
    client.close();
    server.stop();
  });

  type Call = (
    client: Record<'keys' | 'auth', Record<string, Loose>> & Record<'at' | 'watch' | 'watchConfig', Loose>,
  ) => unknown;

  it.each<[string, Call, string]>([
    ['set without a value', ({ keys }) => keys['set']?.('/x'), 'the value has to be a text, and it is undefined'],
    ['set to null', ({ keys }) => keys['set']?.('/x', null), 'the value has to be a text, and it is null'],
    ['set to a number', ({ keys }) => keys['set']?.('/x', 5), 'the value has to be a text, and it is of type number'],
    ['create', ({ keys }) => keys['create']?.('/x'), 'the value has to be a text'],
    ['inOrder', ({ keys }) => keys['inOrder']?.('/x'), 'the value has to be a text'],
    ['a key that is none', ({ keys }) => keys['get']?.(), 'a key has to be a text, and it is undefined'],
    ['options that are none', ({ keys }) => keys['set']?.('/x', '1', 3), 'options has to be an object'],
    ['the TTL of etcd', ({ keys }) => keys['set']?.('/x', '1', { ttl: 3 }), 'there is no option ttl: give ttlSeconds'],
    ['no condition', ({ keys }) => keys['compareAndSwap']?.('/x', '1'), 'what to compare with has to be an object'],
    [
      'a condition that is none',
      ({ keys }) => keys['compareAndDelete']?.('/x', { prevValue: null }),
      'prevValue has to be a text, and it is null',
    ],
    ['no name', ({ auth }) => auth['findRole']?.(), 'a name has to be a text, and it is undefined'],
    ['no endpoint', (all) => all.at(), 'endpoints has to be a URL'],
    ['a watch of nothing', (all) => all.watch(), 'a key has to be a text'],
    ['a configuration', (all) => all.watchConfig('/x'), 'has to be an object, and it is undefined'],
  ])('for %s', async (_, call, text) => {
    // Some throw, some reject.
    const outcome: unknown = await Promise.resolve()
      .then(() => call(client as unknown as Parameters<Call>[0]))
      .catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(TypeError);
    expect(String(outcome)).toContain(text);
    expect(server.asked).toEqual([]);
  });

  it('but for a directory, which has no value', async () => {
    server.answer = () => ({
      status: 201,
      body: { action: 'set', node: { key: '/d', dir: true, modifiedIndex: 1, createdIndex: 1 } },
    });
    await client.keys.mkdir('/d');
    await client.keys.inOrder('/', '', { dir: true });
    server.asked.length = 0;
  });
});
