/** What is left of locks is looked for by the member itself, which no client asked for: nothing of it counts, and idle it does nothing. */
import { LOCKS } from '../../../src/api/modules/lockPaths';
import { TestCluster } from './testCluster';

const LOOKS_MS = 10_000;

test('the directory of a lock whose holder expired goes, and nothing of that is a read of a client', async () => {
  const cluster = new TestCluster(1);
  const [member] = cluster.members as [(typeof cluster.members)[0]];
  member.locks.start();
  const held = member.locks.acquire({ lock: `${LOCKS}/a/b`, value: undefined, ttlSeconds: 1, waitSeconds: undefined });
  await cluster.advance(500);
  expect(await held?.outcome).toMatchObject({ kind: 'held' });
  const [reads, watches] = [jest.spyOn(member, 'get'), jest.spyOn(member, 'watch')];
  await cluster.advance(LOOKS_MS);
  expect(member.space.get(LOCKS, false, false, 0)).toMatchObject({ ok: false, code: 100 });
  expect(reads).not.toHaveBeenCalled();
  expect(watches).not.toHaveBeenCalled();
  member.locks.stop();
});

test('while nothing is written nothing is read', async () => {
  const cluster = new TestCluster(1);
  const [member] = cluster.members as [(typeof cluster.members)[0]];
  const looks = jest.spyOn(member, 'past');
  member.locks.start();
  await cluster.advance(LOOKS_MS);
  const before = looks.mock.calls.length;
  await cluster.advance(LOOKS_MS);
  expect(looks.mock.calls.length).toBe(before);
  member.locks.stop();
});
