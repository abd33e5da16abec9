/**
 * What can be asked of the auth state (spec v2-api section 9). Names, patterns and hashes are text; whether a change is possible
 * is decided where it is applied, so that of two that race the second one is told what the first has done.
 */

/** What may be read and written. `null`: nobody ever gave a list, which clients are shown as it is. */
export interface Permissions {
  readonly read: readonly string[] | null;
  readonly write: readonly string[] | null;
}

/** PUT /v2/auth/users/NAME with roles. */
export interface CreateUser {
  readonly type: 'createUser';
  readonly user: string;
  /** bcrypt's, `$2a$10$…`. */
  readonly passwordHash: string;
  readonly roles: readonly string[] | null;
}

/** PUT /v2/auth/users/NAME without roles, grant or revoke: makes the user, or changes the password of the one there is. */
export interface CreateOrUpdateUser {
  readonly type: 'createOrUpdateUser';
  readonly user: string;
  /** Undefined: no password was given. */
  readonly passwordHash: string | undefined;
}

/** PUT /v2/auth/users/NAME with grant or revoke. */
export interface UpdateUser {
  readonly type: 'updateUser';
  readonly user: string;
  /** Undefined: it stays. */
  readonly passwordHash: string | undefined;
  readonly grant: readonly string[];
  readonly revoke: readonly string[];
}

export interface DeleteUser {
  readonly type: 'deleteUser';
  readonly user: string;
}

/** PUT /v2/auth/roles/NAME without grant or revoke. */
export interface CreateRole {
  readonly type: 'createRole';
  readonly role: string;
  readonly permissions: Permissions;
}

/** PUT /v2/auth/roles/NAME with grant or revoke. */
export interface UpdateRole {
  readonly type: 'updateRole';
  readonly role: string;
  /** Undefined: nothing is granted; a list that is `null` is empty. */
  readonly grant: Permissions | undefined;
  readonly revoke: Permissions | undefined;
}

export interface DeleteRole {
  readonly type: 'deleteRole';
  readonly role: string;
}

/** PUT and DELETE /v2/auth/enable. */
export interface Enable {
  readonly type: 'enable';
}
export interface Disable {
  readonly type: 'disable';
}

export type AuthChange =
  CreateUser | CreateOrUpdateUser | UpdateUser | DeleteUser | CreateRole | UpdateRole | DeleteRole | Enable | Disable;
