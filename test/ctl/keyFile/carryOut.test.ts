import { carryOutAll, PlanStopped } from '../../../src/ctl/keyFile/carryOut';
import type { Change } from '../../../src/ctl/keyFile/plan';

const create = (at: number): Change => ({ kind: 'create', key: `/k${at}`, value: '' });

test('values are written at once, but no more than a few, and directories one after the other', async () => {
  let [underWay, most] = [0, 0];
  const seen: string[] = [];
  const changes: Change[] = [
    { kind: 'delete', key: '/old', before: '', modifiedIndex: 1 },
    { kind: 'removeDirectory', key: '/dir/sub' },
    { kind: 'removeDirectory', key: '/dir' },
    ...Array.from({ length: 40 }, (_, at) => create(at)),
  ];
  const done = await carryOutAll(changes, async (change) => {
    underWay += 1;
    if (change.kind !== 'create') expect(underWay).toBe(1);
    most = Math.max(most, underWay);
    await new Promise(setImmediate);
    seen.push(change.key);
    underWay -= 1;
  });
  expect([done, most]).toEqual([43, 16]);
  expect(seen.slice(0, 3)).toEqual(['/old', '/dir/sub', '/dir']);
});

test('after a failure it says how many were done, and tries none of the next', async () => {
  const tried: string[] = [];
  const failure = new Error('no');
  const running = carryOutAll(
    Array.from({ length: 40 }, (_, at) => create(at)),
    ({ key }) => {
      tried.push(key);
      return key === '/k3' ? Promise.reject(failure) : Promise.resolve();
    },
  );
  const error = await running.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PlanStopped);
  expect(error).toMatchObject({ done: 15, cause: failure });
  expect(tried).toHaveLength(16);
});
