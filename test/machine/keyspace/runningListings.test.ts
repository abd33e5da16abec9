import { Past } from '../../../src/machine/keyspace/past';
import { RunningListing } from '../../../src/machine/keyspace/runningListing';
import type { RunningListings } from '../../../src/machine/keyspace/runningListings';
import { filled, keeping, listed, readerOf } from './listingReader';
import { set, update } from './writer';

const pastsOf = (listings: RunningListings): readonly Past[] =>
  (listings as unknown as { readonly pasts: readonly Past[] }).pasts;

describe('the end of a listing with others that began before', () => {
  afterEach(() => jest.restoreAllMocks());

  /** 50 slow listings of `/even`, each of another moment, and behind them a listing of `path`, for which all 300 keys there were changed. */
  function slowBehind(path: '/even' | '/odd') {
    const { keySpace, listings } = keeping(1_000_000_000);
    filled(keySpace);
    const slow = Array.from({ length: 50 }, (_, at) => {
      const event = listed(keySpace, '/even', false, false, 0);
      keySpace.apply(set('/even/0', { value: `${at}` }));
      return event;
    });
    const before = listings.bytes;
    const { listing } = listed(keySpace, path, false, false, 0);
    const first = path === '/even' ? 0 : 1;
    for (let at = first; at < 600; at += 2) keySpace.apply(set(`${path}/${at}`, { value: 'w' }));
    expect(listings.bytes).toBeGreaterThan(before + 250 * 400);
    return { keySpace, listings, slow, before, listing };
  }

  test.each(['/even', '/odd'] as const)('asks none of them, and moves little at once: %s', (path) => {
    const { listing, slow } = slowBehind(path);
    const asked = [jest.spyOn(RunningListing.prototype, 'shows'), jest.spyOn(RunningListing.prototype, 'lists')];
    const kept = [jest.spyOn(Past.prototype, 'keep'), jest.spyOn(Past.prototype, 'keepChildren')];
    listing?.return();
    // A thousand clients may go in one turn.
    for (const event of slow.slice(1).reverse()) event.listing?.return();
    expect(asked.map((spy) => spy.mock.calls.length)).toEqual([0, 0]);
    const moved = kept.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    // Four from one past to the one before it, and what that has when it is over into the other.
    expect(moved).toBeLessThanOrEqual((4 + 6) * 50);
  });

  test('what only it needed goes while others go on changing, however long the older ones last', () => {
    const { keySpace, listings, listing, before } = slowBehind('/odd');
    listing?.return();
    // Of nobody's.
    for (let at = 0; at < 300; at += 1) keySpace.apply(set('/other', { value: `${at}` }));
    expect(listings.bytes).toBeLessThanOrEqual(before + 1000);
  });

  test('nothing is kept twice for long, and no past for ever, while others begin and end behind a slow one', () => {
    const { keySpace, listings } = keeping(600 * 900);
    filled(keySpace);
    const slow = readerOf(listed(keySpace, '/', true, false, 0));
    for (let round = 0; round < 1000; round += 1) {
      const { listing } = listed(keySpace, '/', true, false, 0);
      for (let at = 0; at < 30; at += 1)
        keySpace.apply(set(`/even/${((round * 30 + at) * 2) % 600}`, { value: `${round}` }));
      listing?.return();
    }
    // 300 views of before, what the last round kept, and lists of children.
    expect(listings.bytes).toBeLessThan(300 * 500 + 30 * 1000);
    slow.read();
    expect(slow.top.flatMap(({ nodes }) => nodes ?? []).every(({ value }) => value?.length === 100)).toBe(true);
    expect([listings.count, listings.bytes]).toEqual([0, 0]);
  });

  test('short ones that come and go leave no line of pasts, which each look-up would walk', () => {
    const { keySpace, listings } = keeping(1_000_000_000, 0);
    filled(keySpace);
    const slow = readerOf(listed(keySpace, '/', true, false, 0));
    keySpace.apply(update('/odd/1', { value: 'w' }));
    for (let round = 0; round < 200; round += 1) {
      const { listing } = listed(keySpace, '/', true, false, 0);
      for (let at = 0; at < (round === 0 ? 600 : 3); at += 2)
        keySpace.apply(update(`/even/${at}`, { value: `${round}` }));
      listing?.return();
    }
    const pasts = pastsOf(listings);
    expect(pasts.length).toBeLessThanOrEqual(3);
    expect(listings.bytes).toBe(pasts.reduce((sum, { bytes }) => sum + bytes, 0));
    slow.read();
    expect(slow.top.flatMap(({ nodes }) => nodes ?? []).every(({ value }) => value?.length === 100)).toBe(true);
    expect([listings.count, listings.bytes]).toEqual([0, 0]);
  });

  test('of two that become one, the older counts', () => {
    const { keySpace, listings } = keeping(1_000_000_000, 0);
    filled(keySpace);
    const slow = readerOf(listed(keySpace, '/even', false, false, 0));
    keySpace.apply(update('/even/2', { value: 'w' }));
    const short = listed(keySpace, '/even', false, false, 0);
    keySpace.apply(update('/even/0', { value: 'first' }));
    const long = listed(keySpace, '/even', false, false, 0);
    for (let at = 0; at < 600; at += 2) keySpace.apply(update(`/even/${at}`, { value: 'second' }));
    long.listing?.return();
    short.listing?.return();
    expect(pastsOf(listings)).toHaveLength(2);
    slow.read();
    expect(slow.top.every(({ value }) => value?.length === 100)).toBe(true);
    expect([listings.count, listings.bytes]).toEqual([0, 0]);
  });

  test('nobody is cut for the sake of what only those needed that are over', () => {
    const { keySpace, listings } = keeping(300 * 450, 0);
    filled(keySpace);
    const slow = readerOf(listed(keySpace, '/even', false, false, 0));
    keySpace.apply(update('/even/0', { value: 'w' }));
    const { listing } = listed(keySpace, '/odd', false, false, 0);
    for (let at = 1; at < 540; at += 2) keySpace.apply(update(`/odd/${at}`, { value: 'w' }));
    listing?.return();
    expect(listings.bytes).toBeGreaterThan(250 * 400);
    for (let at = 2; at < 200; at += 2) keySpace.apply(update(`/even/${at}`, { value: 'w' }));
    slow.read();
    expect(slow.top).toHaveLength(300);
    expect(slow.top.every(({ value }) => value?.length === 100)).toBe(true);
  });

  test('what the first of all needs is handed over to it', () => {
    const { keySpace, listings } = keeping(1_000_000_000);
    filled(keySpace);
    const first = readerOf(listed(keySpace, '/even', false, false, 0));
    keySpace.apply(update('/even/0', { value: 'w' }));
    const { listing } = listed(keySpace, '/even', false, false, 0);
    // In place: a set makes a node of its own.
    for (let at = 2; at < 600; at += 2) keySpace.apply(update(`/even/${at}`, { value: 'w' }));
    listing?.return();
    for (let at = 0; at < 200; at += 1) keySpace.apply(set('/other', { value: `${at}` }));
    expect(pastsOf(listings)).toHaveLength(1);
    first.read();
    expect(first.top).toHaveLength(300);
    expect(first.top.every(({ value }) => value?.length === 100)).toBe(true);
  });

  test('those that began before show what they would have', () => {
    const { slow, listing } = slowBehind('/even');
    listing?.return();
    for (const [at, event] of slow.entries()) {
      const reader = readerOf(event);
      reader.read();
      expect(reader.top).toHaveLength(300);
      const changed = reader.top.filter(({ key }) => key === '/even/0').map(({ value }) => value);
      expect(changed).toEqual([at === 0 ? 'v'.repeat(100) : `${at - 1}`]);
      const others = reader.top.filter(({ key }) => key !== '/even/0');
      expect(others.every(({ value }) => value?.length === 100)).toBe(true);
    }
  });
});
