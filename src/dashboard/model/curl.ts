/** A request as a command line for a shell. The password is never in it: curl asks for it. */
import { urlOf, type KeyRequest } from './saving';

/**
 * @param origin of the member, like https://10.0.0.1:2379
 * @param user who is logged in; undefined: nobody
 */
export function curlOf(request: KeyRequest, origin: string, user: string | undefined): string {
  const words = ['curl', '-L'];
  if (user !== undefined) words.push('-u', quoted(user));
  if (request.method !== 'GET') words.push('-X', request.method);
  words.push(quoted(origin + urlOf(request)));
  for (const [name, value] of Object.entries(request.form)) words.push('--data-urlencode', quoted(`${name}=${value}`));
  return words.join(' ');
}

/** Nothing has a meaning between single quotes but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
