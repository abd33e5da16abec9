/** URLs in which somebody wrote a user with a password, as they may be shown. */

/** A comma between two URLs of a list. A password may have commas in it too. */
const BETWEEN_URLS = /,(?=[^,:/@]*:\/\/)/;

/** One URL, or several with commas, also such as `NAME=URL`: `***@` in place of each user. */
export function withoutUsers(urls: string): string {
  return urls.split(BETWEEN_URLS).map(withoutUser).join(',');
}

/**
 * Messages show what is no URL, and a password with an `@`, a slash or a blank in it is what makes it none: so everything is hidden from the
 * first colon, and the slashes behind it, to the last `@`.
 */
function withoutUser(text: string): string {
  const [begin, end] = [text.indexOf(':'), text.lastIndexOf('@')];
  if (begin < 0 || end < begin) return text;
  const [scheme = ''] = /^:\/*/.exec(text.slice(begin)) ?? [];
  return `${text.slice(0, begin)}${scheme}***${text.slice(end)}`;
}
