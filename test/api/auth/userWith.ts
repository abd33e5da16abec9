import { hashSync } from 'bcrypt';
import type { FakeMember } from '../fakeMember';

/** The hash of a password, made quicker than those of users: for tests that are not about the time it takes. */
export function quickHash(password: string): string {
  return hashSync(password, 4).replace('$2b$', '$2a$');
}

export function basic(name: string, password: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
}

/** Adds a user, and a role of the same name with these patterns. */
export async function addUser(
  member: FakeMember,
  name: string,
  password: string,
  rights: { readonly read?: readonly string[]; readonly write?: readonly string[] } = {},
): Promise<void> {
  const { read = [], write = [] } = rights;
  if (name !== 'root') await done(member, { type: 'createRole', role: name, permissions: { read, write } });
  await done(member, { type: 'createUser', user: name, passwordHash: quickHash(password), roles: [name] });
}

/** What guests may, as long as there is nothing else. */
export async function setGuest(member: FakeMember, read: readonly string[], write: readonly string[]): Promise<void> {
  await done(member, { type: 'createRole', role: 'guest', permissions: { read, write } });
}

/** Makes root with the password `rootpw`, and switches auth on. */
export async function enableAuth(member: FakeMember): Promise<void> {
  await addUser(member, 'root', 'rootpw');
  await done(member, { type: 'enable' });
}

export async function done(member: FakeMember, change: Parameters<FakeMember['proposeAuth']>[0]): Promise<void> {
  const result = await member.proposeAuth(change);
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
}
