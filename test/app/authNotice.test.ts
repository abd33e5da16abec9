import { noteAuth, noteAuthOff } from '../../src/app/authNotice';
import type { Endpoint } from '../../src/config/urls';
import { done, enableAuth, setGuest } from '../api/auth/userWith';
import { FakeMember } from '../api/fakeMember';

const said: string[] = [];
const log = {
  info: (text: string) => void said.push(`info ${text}`),
  warn: (text: string) => void said.push(`warn ${text}`),
};
const endpoint = (scheme: 'http' | 'https', host: string): Endpoint => ({ scheme, host, port: 2379 });
const note = (member: FakeMember, ...listenClientUrls: Endpoint[]): void => {
  noteAuth(member, { listenClientUrls }, log);
};

let member: FakeMember;
beforeEach(() => {
  member = new FakeMember();
  said.length = 0;
});

test('nothing is said while it was never on', () => {
  note(member, endpoint('http', '10.0.0.1'));
  expect(said).toEqual([]);
});

test('once each time that it is switched, and of nothing else that changes', async () => {
  note(member, endpoint('https', '10.0.0.1'));
  await setGuest(member, [], []);
  await enableAuth(member);
  await done(member, { type: 'createRole', role: 'secret-role', permissions: { read: ['/secret/*'], write: [] } });
  await done(member, { type: 'disable' });
  expect(said).toEqual([
    'info auth is on: who may do what is asked of its users and roles (docs/auth.md)',
    'info auth is off: everybody may do everything',
  ]);
});

test('at a start with auth on', async () => {
  await setGuest(member, ['/public/*'], []);
  await enableAuth(member);
  note(member, endpoint('http', '127.0.0.1'));
  expect(said).toHaveLength(1);
});

test.each([
  [['*'], ['/*'], 'read and write'],
  [['/*'], [], 'read'],
  [[], ['/a', '*'], 'write'],
])('guests who may read %j and write %j are worth a warning', async (read, write, rights) => {
  await setGuest(member, read, write);
  await enableAuth(member);
  note(member, endpoint('https', '10.0.0.1'));
  expect(said[1]).toBe(
    `warn auth is on, and guests, who show no password, may ${rights} every key: take it from the role guest`,
  );
});

test('so is the guest that switching it on makes', async () => {
  note(member, endpoint('https', '10.0.0.1'));
  await enableAuth(member);
  expect(said[1]).toContain('read and write every key');
});

test('and passwords in plain text', async () => {
  await setGuest(member, [], []);
  await enableAuth(member);
  note(member, endpoint('https', '10.0.0.1'), endpoint('http', '10.0.0.2'));
  expect(said[1]).toMatch(/^warn http:\/\/10\.0\.0\.2:2379: auth is on, and passwords come without TLS/);
});

describe('a start at which auth is off', () => {
  const start = (clientCertAuth: boolean, ...listenClientUrls: Endpoint[]): void => {
    noteAuthOff(member, { listenClientUrls, clientCertAuth }, log);
  };

  test('says what others may do at the ports that they reach', () => {
    start(false, endpoint('https', '0.0.0.0'), endpoint('http', '127.0.0.1'));
    expect(said).toEqual([
      'warn https://0.0.0.0:2379: auth is off: whoever reaches it reads and writes every key, and adds and removes members (docs/auth.md)',
    ]);
  });

  test('is no warning where only some get a certificate', () => {
    start(true, endpoint('https', '10.0.0.1'));
    start(true, endpoint('http', '10.0.0.1'));
    expect(said).toEqual([
      expect.stringMatching(/^info .*whoever has a certificate for it/),
      expect.stringMatching(/^warn .*whoever reaches it/),
    ]);
  });

  test('has nothing to say on one machine, nor where auth is on', async () => {
    start(false, endpoint('http', 'localhost'));
    await enableAuth(member);
    start(false, endpoint('http', '10.0.0.1'));
    expect(said).toEqual([]);
  });
});
