import { GUEST_ROLE, ROOT, type AuthUser, type AuthView } from './view';

export type Access = 'read' | 'write';

/**
 * Whether somebody may read or write a key (spec v2-api section 9). A user may do what any of its roles may, everybody else what
 * the role guest may; what is below a key needs a pattern with `*`. etcd asks guests for none (divergence `auth-guest-recursive`).
 *
 * @param user of this view, or `guest` for whoever does not say who it is; there may be a user of that name too
 * @param path the key as a byte string, with the slash at its end if the request has one
 * @param recursive the request is about what is below the key too
 */
export function mayAccess(
  view: AuthView,
  user: AuthUser | 'guest',
  path: string,
  access: Access,
  recursive: boolean,
): boolean {
  if (!view.enabled) return true;
  const roles = user === 'guest' ? [GUEST_ROLE] : (user.roles ?? []);
  return roles.some((name) => {
    if (name === ROOT) return true;
    const patterns = view.role(name)?.patterns[access];
    if (patterns === undefined) return false;
    return recursive ? patterns.coversAllBelow(path) : patterns.covers(path);
  });
}

/** Whether somebody may see and change users, roles and what else is root's. */
export function mayAdminister(view: AuthView, user: AuthUser | 'guest'): boolean {
  return !view.enabled || (user !== 'guest' && (user.roles ?? []).includes(ROOT));
}
