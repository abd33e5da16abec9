import type { AuthChange } from './change';
import { asKept, compareTexts, hasTooMany, refused, updatedRole, updatedUser, type Outcome } from './changes';
import type { AuthDone, AuthResult } from './result';
import { ROLES_MAX } from './rules';
import { OPEN_GUEST_ROLE, ROOT, ROOT_ROLE, roleOf, type AuthRole, type AuthUser, type AuthView } from './view';

/** The directories and the flag that etcd makes with the first user or role take so many indexes. */
const FIRST_INDEXES = 4;

/** What is stored as one row: all that is not a user or a role, or one of these. */
export type AuthItem = { readonly kind: 'settings' } | { readonly kind: 'user' | 'role'; readonly name: string };

/**
 * Users, roles, and whether they count; the same on every member after the same entries. No part of the key space: no request
 * for keys reaches it, and no watch hears of it. In etcd these are keys beside those of clients, so each change takes a store index.
 */
export class AuthState implements AuthView {
  private readonly usersByName = new Map<string, AuthUser>();
  private readonly rolesByName = new Map<string, AuthRole>();
  private isEnabled = false;
  private lastChange = 0;
  /** There has been a user or a role. */
  private hasBegun = false;
  private readonly changed = new Map<string, AuthItem>();
  private listed: { readonly version: number; readonly users: AuthUser[]; readonly roles: AuthRole[] } | undefined;

  get enabled(): boolean {
    return this.isEnabled;
  }

  get version(): number {
    return this.lastChange;
  }

  get users(): readonly AuthUser[] {
    return this.lists().users;
  }

  get roles(): readonly AuthRole[] {
    return this.lists().roles;
  }

  user(name: string): AuthUser | undefined {
    return this.usersByName.get(name);
  }

  role(name: string): AuthRole | undefined {
    return name === ROOT ? ROOT_ROLE : this.rolesByName.get(name);
  }

  get settings(): Readonly<Settings> {
    return { enabled: this.isEnabled, version: this.lastChange, hasBegun: this.hasBegun };
  }

  /** @param takeIndex takes the next store index, for each of what etcd writes, and answers it */
  apply(change: AuthChange, takeIndex: () => number): AuthResult {
    const outcome = this.execute(change, takeIndex);
    if (!outcome.ok) return outcome;
    this.lastChange = takeIndex();
    this.touch({ kind: 'settings' });
    return { ok: true, version: this.lastChange, ...outcome.value };
  }

  /** What is not as it was when this was called last. */
  takeChanged(): AuthItem[] {
    const items = [...this.changed.values()];
    this.changed.clear();
    return items;
  }

  /** Only while state is loaded, as the next two. */
  restoreSettings({ enabled, version, hasBegun }: Settings): void {
    this.isEnabled = enabled;
    this.lastChange = version;
    this.hasBegun = hasBegun;
  }

  restoreUser(user: AuthUser): void {
    this.usersByName.set(user.name, user);
  }

  restoreRole(role: AuthRole): void {
    this.rolesByName.set(role.name, role);
  }

  private execute(change: AuthChange, takeIndex: () => number): Outcome<AuthDone> {
    switch (change.type) {
      case 'createUser':
        if (this.usersByName.has(change.user)) return refused({ type: 'userExists' });
        return this.createUser(change.user, change.passwordHash, change.roles, takeIndex);
      case 'createOrUpdateUser': {
        const { user, passwordHash } = change;
        if (this.usersByName.has(user)) return this.updateUser(user, { passwordHash, grant: [], revoke: [] });
        if (passwordHash === undefined) return refused({ type: 'passwordMissing' });
        return this.createUser(user, passwordHash, null, takeIndex);
      }
      case 'updateUser':
        return this.updateUser(change.user, change);
      case 'deleteUser':
        if (this.isEnabled && change.user === ROOT) return refused({ type: 'rootUserInUse' });
        if (!this.usersByName.delete(change.user)) return refused({ type: 'userNotFound' });
        this.touch({ kind: 'user', name: change.user });
        return done({ type: 'userDeleted' });
      case 'createRole':
      case 'updateRole':
      case 'deleteRole':
        return change.role === ROOT ? refused({ type: 'roleIsRoot' }) : this.changeRole(change, takeIndex);
      case 'enable':
        return this.enable(takeIndex);
      case 'disable':
        if (!this.isEnabled) return refused({ type: 'alreadyDisabled' });
        this.isEnabled = false;
        return done({ type: 'disabled' });
    }
  }

  private createUser(
    name: string,
    passwordHash: string,
    roles: readonly string[] | null,
    takeIndex: () => number,
  ): Outcome<AuthDone> {
    const user = asKept({ name, passwordHash, roles });
    if (hasTooMany(user)) return refused({ type: 'tooMany', max: ROLES_MAX });
    this.begin(takeIndex);
    this.putUser(user);
    return done({ type: 'userCreated', user });
  }

  private updateUser(name: string, update: Parameters<typeof updatedUser>[1]): Outcome<AuthDone> {
    const old = this.usersByName.get(name);
    if (old === undefined) return refused({ type: 'userNotFound' });
    return withValue(updatedUser(old, update), (user) => {
      this.putUser(asKept(user));
      return { type: 'userUpdated', user };
    });
  }

  private changeRole(
    change: Extract<AuthChange, { readonly type: 'createRole' | 'updateRole' | 'deleteRole' }>,
    takeIndex: () => number,
  ): Outcome<AuthDone> {
    const old = this.rolesByName.get(change.role);
    if (change.type === 'createRole') {
      if (old !== undefined) return refused({ type: 'roleExists' });
      this.begin(takeIndex);
      const role = this.putRole(roleOf(change.role, change.permissions));
      return done({ type: 'roleCreated', role });
    }
    if (old === undefined) return refused({ type: 'roleNotFound' });
    if (change.type === 'updateRole') {
      return withValue(updatedRole(old, change), (role) => {
        return { type: 'roleUpdated', role: this.putRole(role) };
      });
    }
    this.rolesByName.delete(change.role);
    this.touch({ kind: 'role', name: change.role });
    return done({ type: 'roleDeleted' });
  }

  private enable(takeIndex: () => number): Outcome<AuthDone> {
    if (this.isEnabled) return refused({ type: 'alreadyEnabled' });
    if (!this.usersByName.has(ROOT)) return refused({ type: 'rootUserMissing' });
    if (!this.rolesByName.has(OPEN_GUEST_ROLE.name)) {
      takeIndex();
      this.putRole(OPEN_GUEST_ROLE);
    }
    this.isEnabled = true;
    return done({ type: 'enabled' });
  }

  private begin(takeIndex: () => number): void {
    for (let count = 0; !this.hasBegun && count < FIRST_INDEXES; count++) takeIndex();
    this.hasBegun = true;
  }

  private putUser(user: AuthUser): void {
    this.usersByName.set(user.name, user);
    this.touch({ kind: 'user', name: user.name });
  }

  private putRole(role: AuthRole): AuthRole {
    this.rolesByName.set(role.name, role);
    this.touch({ kind: 'role', name: role.name });
    return role;
  }

  private touch(item: AuthItem): void {
    this.changed.set('name' in item ? `${item.kind} ${item.name}` : item.kind, item);
  }

  private lists(): NonNullable<AuthState['listed']> {
    if (this.listed?.version !== this.lastChange) {
      const users = [...this.usersByName.values()].sort(byName);
      const roles = [...this.rolesByName.values(), ROOT_ROLE].sort(byName);
      this.listed = { version: this.lastChange, users, roles };
    }
    return this.listed;
  }
}

/** What there is beside users and roles. */
export interface Settings {
  readonly enabled: boolean;
  readonly version: number;
  readonly hasBegun: boolean;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compareTexts(a.name, b.name);
}

function done(value: AuthDone): Outcome<AuthDone> {
  return { ok: true, value };
}

function withValue<T>(outcome: Outcome<T>, use: (value: T) => AuthDone): Outcome<AuthDone> {
  return outcome.ok ? done(use(outcome.value)) : outcome;
}
