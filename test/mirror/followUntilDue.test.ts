import { followUntilDue } from '../../src/mirror/followUntilDue';
import { FakeSource } from './support/fakeSource';
import { StepClock } from './support/stepClock';

const BOUNDS = { quietMs: 200, longestMs: 1000 };

function follow(index = 1) {
  const [source, clock, stopping] = [new FakeSource(), new StepClock(), new AbortController()];
  let ended: 'resolved' | Error | undefined;
  const run = (): void => {
    followUntilDue(index, { source, clock, bounds: BOUNDS, resyncMs: 60_000, signal: stopping.signal }).then(
      () => (ended = 'resolved'),
      (error: unknown) => (ended = error as Error),
    );
  };
  return { source, clock, stopping, run, ended: () => ended };
}

test('it resolves once it was quiet after a change, and the watch is over then', async () => {
  const { source, clock, run, ended } = follow();
  run();
  await clock.step(5000);
  expect(ended()).toBeUndefined();
  source.changed();
  await clock.step(199);
  expect(ended()).toBeUndefined();
  await clock.step(1);
  expect(ended()).toBe('resolved');
  expect([source.watching, clock.waiting]).toEqual([0, 0]);
});

test('changes that never end are not waited for longer than the longest wait', async () => {
  const { source, clock, run, ended } = follow();
  run();
  for (let ms = 0; ms < 900; ms += 100) {
    source.changed();
    await clock.step(100);
    expect(ended()).toBeUndefined();
  }
  source.changed();
  await clock.step(100);
  expect(ended()).toBe('resolved');
});

test('changes that the listing has already are none', async () => {
  const { source, clock, run, ended } = follow(5);
  run();
  source.index = 3;
  source.changed();
  source.changed();
  await clock.step(5000);
  expect(ended()).toBeUndefined();
  source.changed();
  await clock.step(200);
  expect(ended()).toBe('resolved');
});

test('changes between the listing and the watch are seen', async () => {
  const { source, clock, run, ended } = follow();
  source.changed();
  run();
  await clock.step(200);
  expect(ended()).toBe('resolved');
});

test('without any change it resolves when it is time to list anyway', async () => {
  const { clock, run, ended } = follow();
  run();
  await clock.step(59_999);
  expect(ended()).toBeUndefined();
  await clock.step(1);
  expect(ended()).toBe('resolved');
});

test('a watch that cannot go on leads to a listing, not at once', async () => {
  const { source, clock, run, ended } = follow();
  run();
  await clock.step(1);
  source.endWatches();
  await clock.step(199);
  expect(ended()).toBeUndefined();
  await clock.step(1);
  expect(ended()).toBe('resolved');
});

test('an error of the watch is one of the caller', async () => {
  const { source, clock, run, ended } = follow();
  run();
  await clock.step(1);
  source.endWatches(new Error('nobody answers'));
  await clock.step(1);
  expect(ended()).toEqual(new Error('nobody answers'));
  expect([source.watching, clock.waiting]).toEqual([0, 0]);
});

test.each(['before', 'while it watches', 'while it waits for quiet'])('stopped %s, it ends at once', async (when) => {
  const { source, clock, stopping, run, ended } = follow();
  if (when === 'before') stopping.abort();
  run();
  await clock.step(1);
  if (when === 'while it waits for quiet') {
    source.endWatches();
    await clock.step(1);
  }
  stopping.abort();
  await clock.step(0);
  expect(ended()).toBe('resolved');
  expect([source.watching, clock.waiting]).toEqual([0, 0]);
});
