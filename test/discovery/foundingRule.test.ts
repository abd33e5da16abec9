import { judgeFounding, type HeardAnswer } from '../../src/discovery/foundingRule';

function answer(rest: Partial<HeardAnswer>): HeardAnswer {
  const facts = {
    memberId: '2',
    incarnation: 'x',
    running: false,
    knows: 'early',
    started: false,
    changed: false,
  } as const;
  return { ...facts, counts: true, ...rest };
}

const empty = answer({});
const knewBefore = answer({ running: true });
const knowsSince = answer({ running: true, knows: 'late' });
const kinds = (founders: number, ...answers: HeardAnswer[]): string => judgeFounding(founders, answers).kind;

it('a founder that is alone founds', () => {
  expect(kinds(1)).toBe('found');
});

it.each([
  [2, 1],
  [3, 1],
  [4, 2],
  [5, 2],
  [7, 3],
])('of %i founders, one founds when %i others that had no state know it, and not sooner', (founders, others) => {
  expect(kinds(founders, ...Array<HeardAnswer>(others).fill(empty))).toBe('found');
  expect(kinds(founders, ...Array<HeardAnswer>(others).fill(knewBefore))).toBe('found');
  expect(kinds(founders, ...Array<HeardAnswer>(others - 1).fill(empty))).toBe('wait');
});

it.each([
  [3, 2],
  [4, 2],
  [5, 3],
  [7, 4],
])(
  'of %i founders, one that only members with a state know founds when they are %i, and not sooner',
  (founders, others) => {
    expect(kinds(founders, ...Array<HeardAnswer>(others).fill(knowsSince))).toBe('found');
    expect(kinds(founders, ...Array<HeardAnswer>(others - 1).fill(knowsSince))).toBe('wait');
  },
);

it('members without a state do not make up for members with one: they may have lost it', () => {
  expect(kinds(5, knowsSince, knowsSince, empty)).toBe('wait');
});

it.each([
  ['that knows another directory', answer({ knows: 'other' })],
  ['without a state that knows another directory', answer({ knows: 'other', running: false })],
  ['that knows that it was started', answer({ running: true, started: true, knows: 'late' })],
  ['whose members have changed', answer({ running: true, changed: true, knows: 'late' })],
  ['that is not the founder that was asked, and knows another', answer({ knows: 'other', counts: false })],
])('one answer of a member %s is enough to come back instead, whatever the others say', (_, evidence) => {
  expect(kinds(3, empty, evidence)).toBe('lost');
  expect(kinds(3, evidence)).toBe('lost');
});

it('an answer that does not count is no witness', () => {
  expect(kinds(3, answer({ counts: false }))).toBe('wait');
  expect(kinds(3, answer({ running: true, counts: false }), answer({ running: true, counts: false }))).toBe('wait');
});

/** Every way in which a founder's two lives may be witnessed: the second must not found while a majority of directories has a state. */
describe.each([2, 3, 4, 5])('of %i founders', (founders) => {
  const others = Array.from({ length: founders - 1 }, (_, position) => position);
  const subsets = Array.from({ length: 2 ** others.length }, (_, bits) => others.filter((each) => (bits >> each) & 1));

  it('a second life does not found unless a quorum of directories, its own included, was empty in it', () => {
    const quorum = Math.floor(founders / 2) + 1;
    let judged = 0;
    for (const witnesses of subsets) {
      // The first life: founded with these, so each of them keeps its incarnation unless its own directory is lost.
      if (
        judgeFounding(
          founders,
          witnesses.map(() => empty),
        ).kind !== 'found'
      )
        continue;
      for (const lost of subsets) {
        for (const neverRan of subsets.filter((each) => each.every((one) => !lost.includes(one)))) {
          for (const answering of subsets) {
            const answers = answering.map((one) => {
              const isEmpty = lost.includes(one) || neverRan.includes(one);
              if (witnesses.includes(one) && !lost.includes(one)) return answer({ knows: 'other', running: !isEmpty });
              return isEmpty ? empty : knowsSince;
            });
            judged += 1;
            if (judgeFounding(founders, answers).kind !== 'found') continue;
            const empties = 1 + lost.length + neverRan.length;
            expect(empties).toBeGreaterThanOrEqual(quorum);
          }
        }
      }
    }
    expect(judged).toBeGreaterThan(0);
  });
});
