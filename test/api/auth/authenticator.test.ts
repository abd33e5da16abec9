import type { IncomingMessage } from 'node:http';
import { Authenticator } from '../../../src/api/auth/authenticator';
import { PasswordCheck } from '../../../src/api/auth/passwordCheck';
import { userOf } from '../../../src/api/http/caller';
import { FakeMember } from '../fakeMember';
import { addUser, basic, done, quickHash } from './userWith';

let member: FakeMember;
let authenticator: Authenticator;
let nowMs = 0;

beforeEach(async () => {
  member = new FakeMember();
  await addUser(member, 'ann', 'annpw');
  await addUser(member, 'bob', 'bobpw');
  authenticator = new Authenticator({
    source: member,
    passwords: new PasswordCheck(() => 0),
    certificateNameOf: (socket) => (socket as unknown as { readonly name?: string }).name,
  });
});

function requestFrom(headers: Record<string, string>, certificate?: string): IncomingMessage {
  return { headers, socket: { remoteAddress: '127.0.0.1', name: certificate } } as unknown as IncomingMessage;
}

async function whoIs(headers: Record<string, string>, certificate?: string) {
  const request = requestFrom(headers, certificate);
  const found = await authenticator.identify(request);
  const name = typeof found === 'object' && 'name' in found ? found.name : found;
  expect(userOf(request)).toBe(typeof name === 'string' && name !== 'guest' ? name : undefined);
  return name;
}

test('a name and its password make a user, anything else nobody', async () => {
  expect(await whoIs({})).toBe('guest');
  expect(await whoIs(basic('ann', 'annpw'))).toBe('ann');
  expect(await whoIs(basic('ann', 'bobpw'))).toEqual({ kind: 'denied' });
  expect(await whoIs(basic('eve', 'annpw'))).toEqual({ kind: 'denied' });
  expect(await whoIs(basic('', ''))).toEqual({ kind: 'denied' });
  expect(await whoIs({ authorization: 'Bearer annpw' })).toEqual({ kind: 'denied' });
});

test('a certificate makes the user of its name, and a guest if there is none', async () => {
  expect(await whoIs({}, 'ann')).toBe('ann');
  expect(await whoIs({}, 'eve')).toBe('guest');
});

test('a header wins over a certificate, also one with a wrong password', async () => {
  expect(await whoIs(basic('bob', 'bobpw'), 'ann')).toBe('bob');
  expect(await whoIs(basic('bob', 'wrong'), 'ann')).toEqual({ kind: 'denied' });
  expect(await whoIs({ authorization: 'Nonsense' }, 'ann')).toEqual({ kind: 'denied' });
});

test('a user who was changed while the password was checked is not the one who asked', async () => {
  const asked = authenticator.identify(requestFrom(basic('ann', 'annpw')));
  await done(member, {
    type: 'updateUser',
    user: 'ann',
    passwordHash: quickHash('new'),
    grant: [],
    revoke: [],
  });
  expect(await asked).toEqual({ kind: 'denied' });
  expect(await whoIs(basic('ann', 'annpw'))).toEqual({ kind: 'denied' });
  expect(await whoIs(basic('ann', 'new'))).toBe('ann');
});

test('a user who was deleted and made again with the same password has to show it again', async () => {
  expect(await whoIs(basic('ann', 'annpw'))).toBe('ann');
  await done(member, { type: 'deleteUser', user: 'ann' });
  expect(await whoIs(basic('ann', 'annpw'))).toEqual({ kind: 'denied' });
});

test('who guesses too fast is let wait, looked at once more, and then told when to come back', async () => {
  let pauses = 0;
  authenticator = new Authenticator({
    source: member,
    passwords: new PasswordCheck(() => nowMs),
    pause: () => {
      pauses += 1;
      nowMs += 1000;
      return Promise.resolve();
    },
  });
  for (let each = 0; each < 10; each++) expect(await whoIs(basic('ann', `x${each}`))).toEqual({ kind: 'denied' });
  expect(pauses).toBe(0);
  // The first wait is as long as the pause, the second is twice as long.
  expect(await whoIs(basic('ann', 'y'))).toEqual({ kind: 'denied' });
  expect(await whoIs(basic('ann', 'annpw'))).toEqual({ kind: 'tooFast', retryAfterSeconds: 1 });
  expect(pauses).toBe(2);
  expect(await whoIs(basic('ann', 'annpw'))).toBe('ann');
  expect(await whoIs(basic('ann', 'annpw'))).toBe('ann');
  expect(pauses).toBe(3);
});

test('who has gone while it was let wait is not looked at once more: the turn is for those who are there', async () => {
  const request = requestFrom(basic('ann', 'annpw'));
  authenticator = new Authenticator({
    source: member,
    passwords: new PasswordCheck(() => nowMs),
    pause: () => {
      nowMs += 1000;
      Object.assign(request.socket, { destroyed: true });
      return Promise.resolve();
    },
  });
  for (let each = 0; each < 10; each++) await whoIs(basic('ann', `x${each}`));
  expect(await authenticator.identify(request)).toMatchObject({ kind: 'tooFast' });
  expect(userOf(request)).toBeUndefined();
});
