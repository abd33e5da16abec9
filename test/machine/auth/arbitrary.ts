/** Changes of the auth state for properties: few names, so that they meet. */
import fc from 'fast-check';
import type { AuthChange, Permissions } from '../../../src/machine/auth/change';

/** bcrypt's shape; whose password it is does not matter here. */
export const hashOf = (digit: number): string => `$2a$10$${String(digit % 10).repeat(53)}`;

const hash = fc.integer({ min: 0, max: 9 }).map(hashOf);
const user = fc.constantFrom('root', 'ann', 'bob', '_hidden', 'é', 'guest');
const role = fc.constantFrom('root', 'guest', 'reader', 'writer', '日本');
const pattern = fc.constantFrom('/*', '/a', '/a/*', '/b*', '*', '/é');
const roles = fc.array(role, { maxLength: 4 });
const patterns = fc.option(fc.array(pattern, { maxLength: 4 }), { nil: null });

const permissions: fc.Arbitrary<Permissions> = fc.record({ read: patterns, write: patterns });
const optionalPermissions = fc.option(permissions, { nil: undefined });
const optionalHash = fc.option(hash, { nil: undefined });

export const change: fc.Arbitrary<AuthChange> = fc.oneof(
  fc.record({
    type: fc.constant('createUser' as const),
    user,
    passwordHash: hash,
    roles: fc.option(roles, { nil: null }),
  }),
  fc.record({ type: fc.constant('createOrUpdateUser' as const), user, passwordHash: optionalHash }),
  fc.record({
    type: fc.constant('updateUser' as const),
    user,
    passwordHash: optionalHash,
    grant: roles,
    revoke: roles,
  }),
  fc.record({ type: fc.constant('deleteUser' as const), user }),
  fc.record({ type: fc.constant('createRole' as const), role, permissions }),
  fc.record({
    type: fc.constant('updateRole' as const),
    role,
    grant: optionalPermissions,
    revoke: optionalPermissions,
  }),
  fc.record({ type: fc.constant('deleteRole' as const), role }),
  fc.constant({ type: 'enable' } as const),
  fc.constant({ type: 'disable' } as const),
);
