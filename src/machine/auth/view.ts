/** What may be known of the auth state. Users and roles are never changed: a change puts others in their place. */
import type { Permissions } from './change';
import { PatternSet } from './patterns';

/** Its user and its role may do everything; the role is not to be changed. */
export const ROOT = 'root';
/** The role of everybody who does not say who it is. */
export const GUEST_ROLE = 'guest';

export interface AuthUser {
  readonly name: string;
  /** bcrypt's. Never to be shown, nor written into a log. */
  readonly passwordHash: string;
  /** As clients see them; roles of that name need not exist. `null`: nobody ever gave a list. */
  readonly roles: readonly string[] | null;
}

export interface AuthRole {
  readonly name: string;
  readonly permissions: Permissions;
  /** The same, to be matched; made once. */
  readonly patterns: { readonly read: PatternSet; readonly write: PatternSet };
}

/** The auth state as it is now: read again after every wait, the lists at any time. */
export interface AuthView {
  readonly enabled: boolean;
  /** The store index of the last change; 0: there was none. Higher after every change, so that what was derived can be told from what holds. */
  readonly version: number;
  /** Sorted by the bytes of their names. */
  readonly users: readonly AuthUser[];
  /** With `root`, which always is; sorted as users are. */
  readonly roles: readonly AuthRole[];
  user(name: string): AuthUser | undefined;
  role(name: string): AuthRole | undefined;
}

export function roleOf(name: string, permissions: Permissions): AuthRole {
  const { read, write } = permissions;
  return { name, permissions, patterns: { read: new PatternSet(read ?? []), write: new PatternSet(write ?? []) } };
}

const EVERYTHING: Permissions = { read: ['/*'], write: ['/*'] };

/** As it is shown; what it may do does not depend on its patterns. */
export const ROOT_ROLE = roleOf(ROOT, EVERYTHING);

/** What auth being switched on makes of the role guest, unless there is one. */
export const OPEN_GUEST_ROLE = roleOf(GUEST_ROLE, EVERYTHING);
