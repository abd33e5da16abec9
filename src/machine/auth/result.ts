/** What comes of a change of the auth state. */
import type { AuthRole, AuthUser } from './view';

/** Why a change is not possible; nothing changed, and no index was taken. */
export type AuthRefusal =
  | { readonly type: 'userExists' }
  | { readonly type: 'userNotFound' }
  /** A user that is to be made needs one. */
  | { readonly type: 'passwordMissing' }
  /** Twice in the request, or granted before. */
  | { readonly type: 'roleAlreadyGranted'; readonly role: string }
  | { readonly type: 'roleNotGranted'; readonly role: string }
  | { readonly type: 'userUnchanged' }
  /** Without it nobody could switch auth off. */
  | { readonly type: 'rootUserInUse' }
  | { readonly type: 'roleExists' }
  | { readonly type: 'roleNotFound' }
  | { readonly type: 'roleIsRoot' }
  | { readonly type: 'patternAlreadyGranted'; readonly access: 'read' | 'write'; readonly pattern: string }
  | { readonly type: 'roleUnchanged' }
  | { readonly type: 'rootUserMissing' }
  | { readonly type: 'alreadyEnabled' }
  | { readonly type: 'alreadyDisabled' }
  /** A user with so many roles, or a role with so many patterns, cannot be. */
  | { readonly type: 'tooMany'; readonly max: number }
  /** There are members of a version that has no users and roles: nothing was proposed. */
  | { readonly type: 'olderMembers' };

/** What was done. */
export type AuthDone =
  /** `user` as it was written: `root` is shown with the role root also where that was revoked. */
  | { readonly type: 'userCreated' | 'userUpdated'; readonly user: AuthUser }
  | { readonly type: 'roleCreated' | 'roleUpdated'; readonly role: AuthRole }
  | { readonly type: 'userDeleted' | 'roleDeleted' | 'enabled' | 'disabled' };

export type AuthResult =
  /** `version`: the store index that the change took, and the version of the view since then. */
  ({ readonly ok: true; readonly version: number } & AuthDone) | { readonly ok: false; readonly refusal: AuthRefusal };
