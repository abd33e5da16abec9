/**
 * What users, roles and patterns may look like, whoever sent them: part of the state machine, as the rules of other commands are
 * (commandRules.ts). etcd takes some more, which are of no use there: names that no URL can have, an empty pattern, on which
 * it fails.
 */

export const NAME_BYTES_MAX = 1024;
export const PATTERN_BYTES_MAX = 4096;
/** Roles of a user. */
export const ROLES_MAX = 1000;
/** Patterns in a list of a role. */
export const PATTERNS_MAX = 1000;

/** bcrypt's with a cost of 4 to 13: one above that would keep every member that checks a password busy for seconds. */
const PASSWORD_HASH = /^\$2[aby]\$(?:0[4-9]|1[0-3])\$[./A-Za-z0-9]{53}$/;

/** What no URL of a user or role can end with, and what no terminal should be sent. */
const NO_NAME = /[/\u0000-\u001f\u007f]|^\.{0,2}$/;

/** What is wrong with the name of a user or role; undefined if nothing is, as everywhere here. */
export function faultOfName(name: string): string | undefined {
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) return `a name of more than ${NAME_BYTES_MAX} bytes`;
  return NO_NAME.test(name) ? 'a name that is empty, "." or "..", or has a slash or a control character' : undefined;
}

/** Never says more of it than that it is none. */
export function faultOfHash(hash: string): string | undefined {
  return PASSWORD_HASH.test(hash) ? undefined : 'a password hash that is none of bcrypt';
}

export function faultOfRoles(roles: readonly string[]): string | undefined {
  return roles.length > ROLES_MAX ? `more than ${ROLES_MAX} roles` : firstFault(roles, faultOfName);
}

export function faultOfPatterns(patterns: readonly string[]): string | undefined {
  return patterns.length > PATTERNS_MAX
    ? `more than ${PATTERNS_MAX} patterns in a list`
    : firstFault(patterns, faultOfPattern);
}

function faultOfPattern(pattern: string): string | undefined {
  if (pattern === '') return 'an empty pattern';
  return Buffer.byteLength(pattern) > PATTERN_BYTES_MAX
    ? `a pattern of more than ${PATTERN_BYTES_MAX} bytes`
    : undefined;
}

function firstFault(items: readonly string[], faultOf: (item: string) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = faultOf(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
