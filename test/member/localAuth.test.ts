import type { AuthChange } from '../../src/machine/auth/change';
import { Machine } from '../../src/machine/machine';
import { LocalAuth } from '../../src/member/localAuth';
import type { PendingRequests } from '../../src/member/pendingRequests';
import { hashOf } from '../machine/auth/arbitrary';
import { memberOfOne } from './memberOfOne';

const ROOT_USER: AuthChange = { type: 'createUser', user: 'root', passwordHash: hashOf(1), roles: null };

function scene(level: number) {
  const state = { machine: new Machine(10) };
  state.machine.cluster.restoreLevel(level);
  const proposed: unknown[] = [];
  const requests = {
    propose: (command: unknown) => {
      proposed.push(command);
      return Promise.resolve({ ok: true, type: 'enabled' });
    },
  } as unknown as PendingRequests;
  return { state, proposed, auth: new LocalAuth(state, requests, { isAny: false }) };
}

it('is told once of what was applied, when it holds, and of nothing else', () => {
  const { state, auth } = scene(2);
  const heard: number[] = [];
  const forget = auth.onAuthChange(() => void heard.push(auth.auth().users.length));
  auth.check();
  expect(heard).toEqual([]);
  state.machine.auth.apply(ROOT_USER, () => 5);
  auth.check();
  auth.check();
  expect(heard).toEqual([1]);
  forget();
  state.machine.auth.apply({ type: 'enable' }, () => 6);
  auth.check();
  expect(heard).toEqual([1]);
});

it('a state that was taken over may say anything else', () => {
  const { state, auth } = scene(2);
  let calls = 0;
  auth.onAuthChange(() => calls++);
  state.machine = new Machine(10);
  auth.check();
  expect(calls).toBe(1);
  expect(auth.auth()).toBe(state.machine.auth);
});

it('one listener may be there twice, and may take itself away', () => {
  const { state, auth } = scene(2);
  let calls = 0;
  const listener = (): void => {
    calls++;
    first();
  };
  const first = auth.onAuthChange(listener);
  auth.onAuthChange(listener);
  state.machine.auth.apply(ROOT_USER, () => 5);
  auth.check();
  expect(calls).toBe(2);
  state.machine.auth.apply({ type: 'enable' }, () => 6);
  auth.check();
  expect(calls).toBe(3);
});

it('nothing is proposed while not all members can read it', async () => {
  const { auth, proposed } = scene(1);
  expect(await auth.proposeAuth(ROOT_USER)).toEqual({ ok: false, refusal: { type: 'olderMembers' } });
  expect(proposed).toEqual([]);
  const { auth: later, proposed: taken } = scene(2);
  await later.proposeAuth(ROOT_USER);
  expect(taken).toEqual([{ type: 'auth', change: ROOT_USER }]);
});

it('a running member carries changes out, tells of them before it answers, and refuses what is none', async () => {
  const { member, crash } = await memberOfOne();
  member.start();
  await member.published();
  let toldAt = 0;
  member.onAuthChange(() => (toldAt = member.auth().version));
  const [first, second] = await Promise.all([member.proposeAuth(ROOT_USER), member.proposeAuth(ROOT_USER)]);
  expect(first).toMatchObject({ ok: true, type: 'userCreated', user: { name: 'root', roles: ['root'] } });
  expect(second).toEqual({ ok: false, refusal: { type: 'userExists' } });
  expect(toldAt).toBe(member.indexes().etcdIndex);
  await expect(member.proposeAuth({ ...ROOT_USER, passwordHash: 'secret' })).rejects.toMatchObject({
    reason: 'invalid',
    message: expect.not.stringContaining('secret') as string,
  });
  await crash();
});
