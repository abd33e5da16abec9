import type { LocalMember } from '../../src/member/localMember';
import { set } from '../machine/keyspace/writer';
import { memberOfOne } from './memberOfOne';

let member: LocalMember;
let crash: () => Promise<void>;
beforeEach(async () => {
  ({ member, crash } = await memberOfOne());
});
afterEach(() => crash());

test('alone, it leads at once and is ready once it has published itself', async () => {
  expect(member.status().ready).toBe(false);
  member.start();
  await member.published();
  expect(member.status()).toMatchObject({ ready: true, stopping: false, leader: { id: member.id } });
  expect(member.members()).toMatchObject([{ id: member.id, name: 'a', clientURLs: ['http://127.0.0.1:2379'] }]);
});

test('while it stops it is not ready, and what was in flight is answered', async () => {
  member.start();
  await member.published();
  const proposed = member.propose(set('/a', { value: '1' }));
  const stopped = member.stop(5000);
  expect(member.status()).toMatchObject({ ready: false, stopping: true });
  expect(await proposed).toMatchObject({ ok: true });
  await stopped;
});

test('a stop ends its watches with nothing, which no event looks like', async () => {
  member.start();
  await member.published();
  const heard: unknown[] = [];
  member.watch('/', { recursive: true, stream: true, sinceIndex: 0 }, (event) => void heard.push(event));
  await member.stop(0);
  expect(heard).toEqual([undefined]);
});

test('without anybody to take it over, leadership stays, and the wait for that has an end', async () => {
  member.start();
  await member.published();
  await member.giveUpLeadership(1000);
  expect(member.status().leader?.id).toBe(member.id);
});

test('one that was removed turns its callers away, once it hears of it', async () => {
  let removals = 0;
  await crash();
  ({ member, crash } = await memberOfOne({ onRemoved: () => (removals += 1) }));
  // It does not run yet, so nothing is taken up.
  const proposed = member.propose(set('/a'));
  const told = expect(proposed).rejects.toMatchObject({ reason: 'stopped' });
  member.peerSide.wasRemoved();
  member.peerSide.wasRemoved();
  await told;
  expect(removals).toBe(1);
});
