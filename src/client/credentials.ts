/** The user of a client, from the one text that files and variables have. */

/** `NAME:PASSWORD`; a password may have colons in it. Undefined for undefined. */
export function credentialsOf(
  user: string | undefined,
): { readonly username: string; readonly password: string } | undefined {
  if (user === undefined) return undefined;
  const [username = ''] = user.split(':', 1);
  return { username, password: user.slice(username.length + 1) };
}
