/** URLs in which somebody wrote a user with a password, as they may be shown. */

/**
 * Behind `://` up to the last @: a password may have any character in it, a slash or another @ too. In a list, which has commas, the next
 * URL is looked at for itself.
 */
const USER = /(?<=:\/\/)(?:(?!,[^,:/@]*:\/\/)[^])*@/g;
/** The scheme may be left out. */
const BARE_USER = /^[^:@]*:[^]*@/;

/** One URL, or several with commas, also such as `NAME=URL`: `***@` in place of each user. */
export function withoutUsers(urls: string): string {
  return urls.includes('://') ? urls.replaceAll(USER, '***@') : urls.replace(BARE_USER, '***@');
}
