/** What a change makes of a user or a role, or why it is not possible: the rules of etcd, as asked of a real one. */
import type { Permissions, UpdateRole, UpdateUser } from './change';
import type { AuthRefusal } from './result';
import { PATTERNS_MAX, ROLES_MAX } from './rules';
import { ROOT, roleOf, type AuthRole, type AuthUser } from './view';

/** A value, or why there is none. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | Refused;

export interface Refused {
  readonly ok: false;
  readonly refusal: AuthRefusal;
}

/** As it is kept: the user root has the role root, whatever was granted or revoked. */
export function asKept(user: AuthUser): AuthUser {
  const roles = user.roles ?? [];
  return user.name === ROOT && !roles.includes(ROOT) ? { ...user, roles: [...roles, ROOT] } : user;
}

/** Whether it would have more roles than may be read back, once it is kept. */
export function hasTooMany(user: AuthUser): boolean {
  return (asKept(user).roles?.length ?? 0) > ROLES_MAX;
}

/** The user as it is after the update; not yet as it is kept. */
export function updatedUser(
  old: AuthUser,
  { passwordHash, grant, revoke }: Pick<UpdateUser, 'passwordHash' | 'grant' | 'revoke'>,
): Outcome<AuthUser> {
  const roles = new Set(old.roles);
  for (const role of grant) {
    if (roles.has(role)) return refused({ type: 'roleAlreadyGranted', role });
    roles.add(role);
  }
  for (const role of revoke) {
    if (!roles.delete(role)) return refused({ type: 'roleNotGranted', role });
  }
  const updated = { name: old.name, passwordHash: passwordHash ?? old.passwordHash, roles: sorted(roles) };
  if (hasTooMany(updated)) return refused({ type: 'tooMany', max: ROLES_MAX });
  const isSame = updated.passwordHash === old.passwordHash && isSameList(updated.roles, old.roles);
  return isSame ? refused({ type: 'userUnchanged' }) : { ok: true, value: updated };
}

/** The role as it is after the update. */
export function updatedRole(old: AuthRole, { grant, revoke }: Pick<UpdateRole, 'grant' | 'revoke'>): Outcome<AuthRole> {
  const { permissions } = old;
  const read = updatedPatterns('read', permissions, grant, revoke);
  if (!read.ok) return read;
  const write = updatedPatterns('write', permissions, grant, revoke);
  if (!write.ok) return write;
  const isSame = isSameList(read.value, permissions.read) && isSameList(write.value, permissions.write);
  if (isSame) return refused({ type: 'roleUnchanged' });
  return { ok: true, value: roleOf(old.name, { read: read.value, write: write.value }) };
}

/** What was not granted can be revoked, and nothing comes of it. */
function updatedPatterns(
  access: 'read' | 'write',
  permissions: Permissions,
  grant: Permissions | undefined,
  revoke: Permissions | undefined,
): Outcome<readonly string[] | null> {
  if (grant === undefined && revoke === undefined) return { ok: true, value: permissions[access] };
  const patterns = new Set(permissions[access]);
  for (const pattern of grant?.[access] ?? []) {
    if (patterns.has(pattern)) return refused({ type: 'patternAlreadyGranted', access, pattern });
    patterns.add(pattern);
  }
  for (const pattern of revoke?.[access] ?? []) patterns.delete(pattern);
  if (patterns.size > PATTERNS_MAX) return refused({ type: 'tooMany', max: PATTERNS_MAX });
  return { ok: true, value: sorted(patterns) };
}

export function refused(refusal: AuthRefusal): Refused {
  return { ok: false, refusal };
}

/** By the bytes of their UTF-8. */
function sorted(texts: Iterable<string>): string[] {
  return [...texts].sort(compareTexts);
}

/** The order of the UTF-8 of two texts. */
export function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** No list at all is another one than an empty one. */
function isSameList(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((item, at) => item === b[at]);
}
