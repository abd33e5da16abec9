import { Endpoints } from '../../src/proxy/endpoints';
import type { ProxiedMember } from '../../src/proxy/environment';
import { Membership } from '../../src/proxy/membership';

const warnings: string[] = [];
const logger = { debug: ignore, info: ignore, warn, error: ignore };

function warn(fields: object): void {
  warnings.push(JSON.stringify(fields));
}

function ignore(): void {
  // Nobody reads it.
}

const A: ProxiedMember = { peerURLs: ['http://a:2380'], clientURLs: ['http://a:2379'] };
const B: ProxiedMember = { peerURLs: ['http://b:2380'], clientURLs: ['http://b:2379'] };
const UNSTARTED: ProxiedMember = { peerURLs: ['http://c:2380'], clientURLs: [] };

let asked: string[];
let answers: Map<string, readonly ProxiedMember[]>;
/** Of whoever is not in it the cluster is 1. */
let clusters: Map<string, string>;
let endpoints: Endpoints;
let membership: Membership;

beforeEach(() => {
  jest.useFakeTimers();
  asked = [];
  warnings.length = 0;
  answers = new Map();
  clusters = new Map();
  endpoints = new Endpoints(Date.now, () => 0.999, 5000);
  membership = membershipOf();
});

function membershipOf(clusterId?: string): Membership {
  return new Membership(endpoints, {
    peerUrls: ['http://a:2380', 'http://x:2380'],
    clusterId,
    refreshIntervalMs: 30_000,
    fetchMembers: (url) => {
      asked.push(url);
      const members = answers.get(url);
      return members === undefined
        ? Promise.reject(new Error('connection refused'))
        : Promise.resolve({ clusterId: clusters.get(url) ?? '1', members });
    },
    ownUrls: (urls) => urls.filter((url) => url.startsWith('http://self')),
    random: () => 0.5,
    nowMs: Date.now,
    logger,
  });
}

afterEach(() => {
  membership.stop();
  jest.useRealTimers();
});

function texts(): string[] {
  return endpoints.available().map(({ text }) => text);
}

test('the first member that answers says who the others are, and is asked again later', async () => {
  answers.set('http://x:2380', [A, B, UNSTARTED]);
  await membership.start();
  expect(asked).toEqual(['http://a:2380', 'http://x:2380']);
  expect(texts()).toEqual(['http://a:2379', 'http://b:2379']);

  answers = new Map([['http://b:2380', [B]]]);
  asked = [];
  await jest.advanceTimersByTimeAsync(29_999);
  expect(asked).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  expect(asked).toEqual(['http://a:2380', 'http://b:2380']);
  expect(texts()).toEqual(['http://b:2379']);
});

test('without an endpoint it asks every second', async () => {
  answers.set('http://a:2380', [UNSTARTED]);
  await membership.start();
  expect(texts()).toEqual([]);
  answers.set('http://a:2380', [A]);
  await jest.advanceTimersByTimeAsync(1000);
  expect(texts()).toEqual(['http://a:2379']);
});

test('endpoints stay when nobody answers', async () => {
  answers.set('http://a:2380', [A]);
  await membership.start();
  answers.clear();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(texts()).toEqual(['http://a:2379']);
});

test('while nobody answers it asks every second, says so once in its interval, and knows it', async () => {
  answers.set('http://a:2380', [A]);
  await membership.start();
  expect(membership.isAnswered).toBe(true);
  answers.clear();
  await jest.advanceTimersByTimeAsync(30_000);
  expect(membership.isAnswered).toBe(false);
  asked = [];
  await jest.advanceTimersByTimeAsync(20_000);
  expect(asked).toHaveLength(40);
  expect(warnings).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(20_000);
  expect(warnings).toHaveLength(2);
  answers.set('http://a:2380', [A]);
  await jest.advanceTimersByTimeAsync(1000);
  expect(membership.isAnswered).toBe(true);
});

test('a client that nobody answered makes it look soon, one that a member did answer is as good as a look', async () => {
  answers.set('http://a:2380', [A]);
  await membership.start();
  asked = [];
  membership.heard(false);
  membership.heard(false);
  expect(membership.isAnswered).toBe(false);
  await jest.advanceTimersByTimeAsync(1000);
  expect([asked, membership.isAnswered]).toEqual([['http://a:2380'], true]);
  membership.heard(false);
  membership.heard(true);
  expect(membership.isAnswered).toBe(true);
  membership.stop();
  membership.heard(false);
  asked = [];
  await jest.advanceTimersByTimeAsync(60_000);
  expect([asked, membership.isAnswered]).toEqual([[], false]);
});

test('it ends', async () => {
  await membership.start();
  membership.stop();
  asked = [];
  await jest.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
});

test('the address of the proxy itself is left out, whoever advertises it', async () => {
  const self: ProxiedMember = { peerURLs: ['http://s:2380'], clientURLs: ['http://self:2379'] };
  answers.set('http://a:2380', [self, A]);
  await membership.start();
  expect(texts()).toEqual(['http://a:2379']);
});

test('its own addresses are warned of once, until others are advertised', async () => {
  const selves = (...clientURLs: string[]): ProxiedMember => ({ peerURLs: ['http://s:2380'], clientURLs });
  answers.set('http://a:2380', [selves('http://self:1', 'http://self:2'), A]);
  await membership.start();
  answers.set('http://a:2380', [A, selves('http://self:2', 'http://self:1')]);
  await jest.advanceTimersByTimeAsync(90_000);
  expect(warnings).toEqual(['{"own":["http://self:1","http://self:2"]}']);
  answers.set('http://a:2380', [A, selves('http://self:2')]);
  await jest.advanceTimersByTimeAsync(90_000);
  expect(warnings.slice(1)).toEqual(['{"own":["http://self:2"]}']);
  answers.set('http://a:2380', [A]);
  await jest.advanceTimersByTimeAsync(30_000);
  answers.set('http://a:2380', [A, selves('http://self:2')]);
  await jest.advanceTimersByTimeAsync(30_000);
  expect(warnings.slice(2)).toEqual(['{"own":["http://self:2"]}']);
});

test('a member that advertises nothing else is no answer', async () => {
  answers.set('http://a:2380', [{ peerURLs: ['http://s:2380'], clientURLs: ['http://self:2379'] }]);
  answers.set('http://x:2380', [B]);
  await membership.start();
  expect(texts()).toEqual(['http://b:2379']);
});

describe('a member of another cluster', () => {
  beforeEach(() => {
    answers.set('http://x:2380', [B]);
    clusters.set('http://x:2380', '2');
  });

  test('at a URL that is asked when nobody else answers is no answer', async () => {
    answers.set('http://a:2380', [A]);
    await membership.start();
    answers.delete('http://a:2380');
    await jest.advanceTimersByTimeAsync(30_000);
    expect([texts(), membership.isAnswered]).toEqual([['http://a:2379'], false]);
    expect(warnings).toEqual(['{"reasons":["connection refused","http://x:2380 belongs to the cluster 2, not to 1"]}']);
    // It still finds its own.
    answers.set('http://a:2380', [A, B]);
    await jest.advanceTimersByTimeAsync(1000);
    expect([texts(), membership.isAnswered]).toEqual([['http://a:2379', 'http://b:2379'], true]);
  });

  test('is no answer either where the cluster is known from the start', async () => {
    const known = membershipOf('1');
    await known.start();
    expect([texts(), known.isAnswered, warnings.length]).toEqual([[], false, 1]);
    known.stop();
  });

  test('is one where it is not', async () => {
    await membership.start();
    expect(texts()).toEqual(['http://b:2379']);
  });
});
