import { JoinError } from '../../src/discovery/beginning';
import { registeredPeers, type RegisteredPeers } from '../../src/discovery/registeredPeers';
import type { Found } from '../../src/discovery/registry';
import { RegistryUnavailable } from '../../src/discovery/registry';
import type { Protocol } from '../../src/discovery/tokenKind';
import { clusterIdOf } from '../../src/member/identity';
import { dialTcp } from '../../src/platform/dial';

const URL = 'http://d/token';

let slept = 0;
let said: string[] = [];

const environment = {
  clock: {
    monotonicMs: () => 0,
    after: (_delayMs: number, run: () => void) => {
      slept += 1;
      queueMicrotask(run);
      return () => undefined;
    },
  },
  random: () => 0,
  log: {
    info: (_fields: object, message: string) => {
      said.push(message);
    },
    warn: (_fields: object, message: string) => {
      said.push(message);
    },
  },
  signal: new AbortController().signal,
  dial: dialTcp,
};

beforeEach(() => {
  slept = 0;
  said = [];
});

const NO_KEY: Found = { kind: 'missing', error: '100: Key not found (/x)' };

function directory(...values: string[]): Found {
  const nodes = values.map((value, number) => ({ name: `${number + 1}`, value, createdIndex: number }));
  return { kind: 'directory', index: 1, nodes };
}

function sizeOf(value: string): Found {
  return { kind: 'file', value };
}

/** Asks a registry that gives these answers, each for a path, one after the other. */
async function ask(
  answers: (readonly [string, Found | Error])[],
  protocol: Protocol = 'auto',
): Promise<RegisteredPeers> {
  const get = (path: string): Promise<Found> => {
    const [expected, answer] = answers.shift() ?? [];
    if (answer === undefined || path !== expected) throw new Error(`${path} was asked for, not ${expected}`);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const peers = await registeredPeers({ shown: URL, get }, environment, protocol);
  expect(answers).toEqual([]);
  return peers;
}

const SIZE = '_config/size';

describe('at a token with a size', () => {
  test('once it is full, its founders are those of one cluster, and who came after them is none of it', async () => {
    const nodes = directory('a=http://a:1,a=http://a:2', 'b=http://b:1', 'c=http://c:1', 'not a registration');
    expect(
      await ask([
        [SIZE, sizeOf('2')],
        ['', nodes],
      ]),
    ).toEqual({ peerURLs: ['http://a:1', 'http://a:2', 'http://b:1'], clusterId: clusterIdOf(['1', '2']) });
  });

  test('while it is not, nobody knows the cluster yet', async () => {
    expect(
      await ask([
        [SIZE, sizeOf('2')],
        ['', directory('a=http://a:1')],
      ]),
    ).toEqual({ peerURLs: ['http://a:1'], clusterId: undefined });
  });

  test('what members refuse is refused', async () => {
    await expect(ask([[SIZE, sizeOf('none')]])).rejects.toThrow(/^discovery: size key is bad/);
    const bad = ask([
      [SIZE, sizeOf('2')],
      ['', directory('a=ftp://a')],
    ]);
    await expect(bad).rejects.toThrow(/^discovery: the registration 1 is /);
  });

  test('it waits for the service and for the first member, and says so', async () => {
    const peers = await ask([
      [SIZE, new RegistryUnavailable('refused')],
      [SIZE, sizeOf('3')],
      ['', new RegistryUnavailable('refused again')],
      ['', directory()],
      ['', directory('a=http://a:1')],
    ]);
    expect(peers.peerURLs).toEqual(['http://a:1']);
    expect(slept).toBe(3);
    expect(said).toEqual([
      'the discovery service cannot be asked (refused); waiting for it',
      'the discovery service cannot be asked (refused again); waiting for it',
      'no member has registered at the discovery URL yet; waiting for one',
    ]);
  });
});

describe('at a token without a size', () => {
  const nodes = directory('a=http://a:1,a=http://a:2', 'http://b:7001', 'x', 'c=ftp://c');
  const peers = { peerURLs: ['http://a:1', 'http://a:2', 'http://b:7001'], clusterId: undefined };

  test('registrations of both protocols are understood, and what is none is passed over', async () => {
    expect(
      await ask([
        [SIZE, NO_KEY],
        ['', nodes],
        [SIZE, NO_KEY],
        ['', nodes],
      ]),
    ).toEqual(peers);
  });

  test('none is asked for if it is to be one of 0.4', async () => {
    expect(await ask([['', nodes]], '0.4')).toEqual(peers);
  });
});

test.each([
  ['auto' as const, [SIZE, ''], /^discovery: size key not found: 100: Key not found \(\/x\); get a new token/],
  ['2.3' as const, [SIZE], /^discovery: size key not found: 100: Key not found \(\/x\); get a new token/],
  ['0.4' as const, [''], /^discovery: http:\/\/d\/token: 100: Key not found \(\/x\); make the token first/],
])('a token that is not there is a mistake (%s)', async (protocol, paths, message) => {
  const missing = ask(
    paths.map((path) => [path, NO_KEY] as const),
    protocol,
  );
  await expect(missing).rejects.toThrow(JoinError);
  await expect(missing).rejects.toThrow(message);
});
