/**
 * A cluster that keeps its size by itself while members die, standbys ask and the settings change: never below a quorum by its own doing,
 * at most one change at a time, and the size is reached in the end.
 */
import { ActiveSize, type ActiveSizeParts } from '../../src/member/activeSize';
import { ProposalAdmission } from '../../src/member/proposalAdmission';
import { all, wrap } from './planting';
import { SizeScenario, type Seen } from './sizeScenario';

interface ChoreInside {
  readonly parts: ActiveSizeParts;
}

const seen: Seen = { replaced: 0, demoted: 0, joined: 0 };

test.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
  'seed %i: no quorum is lost by it, one change at a time, and the size is reached',
  async (seed) => {
    const scenario = new SizeScenario(seed);
    await scenario.run();
    for (const key of Object.keys(seen) as (keyof Seen)[]) seen[key] += scenario.seen[key];
  },
);

/** Seeds are tried until one finds the bug. */
async function isFound(plant: () => () => void, rule: string): Promise<boolean> {
  const restore = plant();
  try {
    for (let seed = 1; seed <= 20; seed++) {
      try {
        await new SizeScenario(seed).run();
      } catch (error) {
        if (String(error).includes(rule)) return true;
      }
    }
    return false;
  } finally {
    restore();
  }
}

test('a chore that takes out one that is heard, whoever is left, is found', async () => {
  const careless = (): (() => void) =>
    all(
      wrap(
        ActiveSize.prototype,
        'carryOut',
        (original) =>
          function (this: ChoreInside) {
            const { id, members, heard } = this.parts;
            const other = members().find((member) => member.id !== id && heard().has(member.id));
            if (other === undefined) return Promise.resolve();
            return original.call(this, { change: { type: 'removeMember', id: other.id }, why: 'too many' }) as unknown;
          },
      ),
      wrap(
        ProposalAdmission.prototype,
        'proposeChange',
        (original) =>
          function (this: object, proposed: unknown) {
            return original.call(Object.assign(this, { strict: false }), proposed) as unknown;
          },
      ),
    );
  expect(await isFound(careless, 'never below a quorum by its own doing')).toBe(true);
}, 200_000);

test('a chore that does not wait for who joins is found', async () => {
  const hasty = (): (() => void) =>
    wrap(
      ActiveSize.prototype,
      'check',
      (original) =>
        function (this: ChoreInside, nowMs: number) {
          const { members } = this.parts;
          const blind = { ...this.parts, members: () => members().map((member) => ({ ...member, learner: false })) };
          original.call(Object.assign(this, { parts: blind }), nowMs);
        },
    );
  expect(await isFound(hasty, 'at most one change at a time')).toBe(true);
}, 200_000);

test('all of it happened', () => {
  expect(seen.replaced).toBeGreaterThan(5);
  expect(seen.demoted).toBeGreaterThan(5);
  expect(seen.joined).toBeGreaterThan(20);
});
