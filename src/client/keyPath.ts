/** Keys and the paths of requests for them. */
import { refuseNoText } from './given';

/** With a leading slash and no other that is too many, as the members write it. Throws TypeError for `.` and `..`, which are no names. */
export function normalKey(key: string): string {
  refuseNoText('a key', key);
  const parts = key.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..'))
    throw new TypeError(`key ${JSON.stringify(key)} has the name "." or ".." in it, which no key can have`);
  return `/${parts.join('/')}`;
}

/** Percent-encoded, below `/v2/keys`. Throws TypeError. */
export function pathOfKey(key: string, query: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams(query).toString();
  return `/v2/keys${encodedKey(key)}${text === '' ? '' : `?${text}`}`;
}

/** Percent-encoded, with its leading slash. Throws TypeError. */
export function encodedKey(key: string): string {
  return normalKey(key).split('/').map(encoded).join('/');
}

function encoded(part: string): string {
  try {
    return encodeURIComponent(part);
  } catch {
    throw new TypeError(`key part ${JSON.stringify(part)} has half a character in it`);
  }
}

/** One name in the path of a request. Throws TypeError for what would name something else there. */
export function pathSegment(name: string): string {
  refuseNoText('a name', name);
  if (name === '' || name === '.' || name === '..') throw new TypeError(`${JSON.stringify(name)} is no name`);
  return encoded(name);
}

/** Whether a node at `key` concerns who asked for `asked`: it is the same, below it, or a directory above it that went away. */
export function concerns(asked: string, key: string): boolean {
  return key === asked || isBelow(key, asked) || isBelow(asked, key);
}

export function isBelow(key: string, directory: string): boolean {
  return key.startsWith(directory === '/' ? '/' : `${directory}/`) && key !== directory;
}
