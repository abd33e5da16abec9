/** Users, roles and whether they count, as methods of a client. */
import * as auth from './auth';
import type { KeyRights, Role, User } from './auth';
import type { CallOptions, Via } from './http';

const NO_RIGHTS: KeyRights = { read: [], write: [] };

/**
 * `/v2/auth`. All but `isEnabled` need a user with the role root where auth is on. All methods reject with what `ClientError` lists
 * (RefusedError: 401 for a wrong password or too few rights, 404, 409 for what is there already or contradicts itself).
 */
export class Auth {
  constructor(private readonly via: Via) {}

  isEnabled(options: CallOptions = {}): Promise<boolean> {
    return auth.isAuthEnabled(this.via, options);
  }

  /** Needs a user root. From then on users may do what their roles say, and everybody else what the role guest says. */
  enable(options: CallOptions = {}): Promise<void> {
    return auth.enableAuth(this.via, options);
  }

  disable(options: CallOptions = {}): Promise<void> {
    return auth.disableAuth(this.via, options);
  }

  listUsers(options: CallOptions = {}): Promise<readonly User[]> {
    return auth.listUsers(this.via, options);
  }

  /** The names of a user's roles. Undefined: there is no such user. */
  findUser(name: string, options: CallOptions = {}): Promise<readonly string[] | undefined> {
    return auth.findUser(this.via, name, options);
  }

  createUser(name: string, password: string, roles: readonly string[] = [], options: CallOptions = {}): Promise<void> {
    return auth.createUser(this.via, name, password, roles, options);
  }

  deleteUser(name: string, options: CallOptions = {}): Promise<void> {
    return auth.deleteUser(this.via, name, options);
  }

  changePassword(name: string, password: string, options: CallOptions = {}): Promise<void> {
    return auth.changePassword(this.via, name, password, options);
  }

  /** RefusedError with status 409 if the user has one of them already. */
  grantRoles(name: string, roles: readonly string[], options: CallOptions = {}): Promise<void> {
    return auth.changeUser(this.via, name, roles, [], options);
  }

  /** RefusedError with status 409 if the user has one of them not. */
  revokeRoles(name: string, roles: readonly string[], options: CallOptions = {}): Promise<void> {
    return auth.changeUser(this.via, name, [], roles, options);
  }

  listRoles(options: CallOptions = {}): Promise<readonly Role[]> {
    return auth.listRoles(this.via, options);
  }

  /** What a role may read and write. Undefined: there is no such role. */
  findRole(name: string, options: CallOptions = {}): Promise<KeyRights | undefined> {
    return auth.findRole(this.via, name, options);
  }

  createRole(name: string, rights: KeyRights = NO_RIGHTS, options: CallOptions = {}): Promise<void> {
    return auth.createRole(this.via, name, rights, options);
  }

  deleteRole(name: string, options: CallOptions = {}): Promise<void> {
    return auth.deleteRole(this.via, name, options);
  }

  /** RefusedError with status 409 if the role has one of them already. */
  grantRights(role: string, rights: Partial<KeyRights>, options: CallOptions = {}): Promise<void> {
    return auth.changeRole(this.via, role, { ...NO_RIGHTS, ...rights }, NO_RIGHTS, options);
  }

  /** What the role has not is no error, unless nothing is left to revoke (409 or 400). */
  revokeRights(role: string, rights: Partial<KeyRights>, options: CallOptions = {}): Promise<void> {
    return auth.changeRole(this.via, role, NO_RIGHTS, { ...NO_RIGHTS, ...rights }, options);
  }
}
