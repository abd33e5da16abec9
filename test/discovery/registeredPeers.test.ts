import { JoinError } from '../../src/discovery/beginning';
import { registeredPeers } from '../../src/discovery/registeredPeers';
import type { Found } from '../../src/discovery/registry';
import { RegistryUnavailable } from '../../src/discovery/registry';
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

function directory(...values: string[]): Found {
  return { kind: 'directory', index: 1, nodes: values.map((value) => ({ name: 'x', value, createdIndex: 1 })) };
}

/** Asks a registry that gives these answers one after the other. */
function ask(...answers: (Found | Error)[]): Promise<readonly string[]> {
  const get = (): Promise<Found> => {
    const answer = answers.shift();
    if (answer === undefined) throw new Error('asked too often');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return registeredPeers({ shown: URL, get }, environment);
}

test('registrations of both protocols are understood, and what is none is passed over', async () => {
  expect(await ask(directory('a=http://a:1,a=http://a:2', 'http://b:7001', 'x', 'c=ftp://c'))).toEqual([
    'http://a:1',
    'http://a:2',
    'http://b:7001',
  ]);
});

test('it waits for the service and for the first member, and says so', async () => {
  expect(await ask(new RegistryUnavailable('refused'), directory(), directory('a=http://a:1'))).toEqual(['http://a:1']);
  expect(slept).toBe(2);
  expect(said).toEqual([
    'the discovery service cannot be asked (refused); waiting for it',
    'no member has registered at the discovery URL yet; waiting for one',
  ]);
});

test('a token that is not there is a mistake', async () => {
  const missing = ask({ kind: 'missing', error: '100: Key not found (/x)' });
  await expect(missing).rejects.toThrow(JoinError);
  await expect(missing).rejects.toThrow(
    /^discovery: http:\/\/d\/token: 100: Key not found \(\/x\); make the token first/,
  );
});
