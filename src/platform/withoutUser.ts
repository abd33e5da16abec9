/**
 * A text that may be a URL, without the user and the password in it. Messages show what is no URL, and a password with an `@`, a slash or a blank in it
 * is what makes it none; so everything is hidden from the first colon, and the slashes behind it, to the last `@`. Of a list that may be
 * more than has to be.
 */
export function withoutUser(text: string): string {
  const [begin, end] = [text.indexOf(':'), text.lastIndexOf('@')];
  if (begin < 0 || end < begin) return text;
  const [scheme = ''] = /^:\/*/.exec(text.slice(begin)) ?? [];
  return `${text.slice(0, begin)}${scheme}***${text.slice(end)}`;
}
