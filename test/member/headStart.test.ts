import { HeadStart, PATIENCE_TICKS } from '../../src/member/headStart';

function started(leader: string | undefined): { advanced: () => number; headStart: HeadStart } {
  let ticks = 0;
  const headStart = new HeadStart(
    {
      leader,
      tick: () => {
        ticks += 1;
      },
    },
    10,
  );
  return { advanced: () => ticks, headStart };
}

it('without a leader the election timeout is shortened, once, by almost its whole length', () => {
  const { advanced, headStart } = started(undefined);
  for (let tick = 1; tick < PATIENCE_TICKS; tick++) headStart.tick();
  expect(advanced()).toBe(0);
  headStart.tick();
  expect(advanced()).toBe(9);
  for (let tick = 0; tick < 50; tick++) headStart.tick();
  expect(advanced()).toBe(9);
});

it('where a leader was heard of nothing is shortened', () => {
  const { advanced, headStart } = started('abc');
  for (let tick = 0; tick < 50; tick++) headStart.tick();
  expect(advanced()).toBe(0);
});
