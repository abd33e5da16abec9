/** Keys as paths. The API lists no node whose name begins with `_`; asked by its path it answers. */

export function parentOf(key: string): string {
  const cut = key.lastIndexOf('/');
  return cut <= 0 ? '/' : key.slice(0, cut);
}

export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

export function childOf(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

export function isBelow(key: string, directory: string): boolean {
  return directory === '/' ? key !== '/' : key.startsWith(`${directory}/`);
}

/** What somebody typed, as a key: one slash in front, none at the end, none twice. */
export function cleanKey(typed: string): string {
  return `/${typed
    .trim()
    .split('/')
    .filter((part) => part !== '')
    .join('/')}`;
}

/** The directories above a key, from the root on. */
export function ancestorsOf(key: string): string[] {
  const found: string[] = [];
  for (let at = key; at !== '/';) {
    at = parentOf(at);
    found.unshift(at);
  }
  return found;
}

/** Whether a listing of `root` and what is below it leaves this key out. */
export function isHiddenBelow(key: string, root: string): boolean {
  const rest = root === '/' ? key : key.slice(root.length);
  return rest.includes('/_');
}

/** The path of a key in the API. */
export function keyUrl(key: string): string {
  const path = key.split('/').map(encodeURIComponent).join('/');
  return `/v2/keys${path === '/' ? '/' : path}`;
}
