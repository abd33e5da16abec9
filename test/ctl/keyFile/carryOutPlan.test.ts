import { carryOutPlan } from '../../../src/ctl/keyFile/carryOutPlan';
import { ChangedMeanwhile, type KeyStore } from '../../../src/ctl/keyFile/keyStore';
import type { Change } from '../../../src/ctl/keyFile/plan';

const changes: readonly Change[] = ['/a', '/b', '/c'].map((key) => ({ kind: 'create', key, value: '1' }));

async function whyStopped(failure: Error, onceChanged?: string): Promise<string> {
  const carryOut = ({ key }: Change): Promise<void> => (key === '/b' ? Promise.reject(failure) : Promise.resolve());
  const store = { carryOut } as unknown as KeyStore;
  return carryOutPlan({ changes, obstacles: [] }, store, '/app', onceChanged).then(
    () => 'it was not',
    (error: unknown) => (error as Error).message,
  );
}

test('stopped in the midst it says how far it got, and that the same command goes on: no other has its prefix and its URL', async () => {
  expect(await whyStopped(new Error('connection refused'), 'with --x it is left')).toBe(
    'connection refused; 2 of 3 changes are made, and stay: the same command goes on',
  );
});

test('where that would refuse what somebody else wrote, it says how it does not', async () => {
  const changed = new ChangedMeanwhile('/app/b was changed by somebody else meanwhile');
  expect(await whyStopped(changed, 'with --x it is left')).toMatch(/the same command goes on; with --x it is left$/);
  expect(await whyStopped(changed)).toMatch(/the same command goes on$/);
});
