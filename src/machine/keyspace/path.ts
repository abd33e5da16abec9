/** Arithmetic on clean paths (see machine/command.ts). */

export const ROOT = '/';

/** The directory that holds `path`; the root's parent is the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? ROOT : path.slice(0, slash);
}

/** The last component; empty for the root. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function childOf(directory: string, name: string): string {
  return directory === ROOT ? ROOT + name : `${directory}/${name}`;
}

/** A child of `directory` whose name begins with "_" does not show in listings and is withheld from watchers above it. */
export function isHiddenChild(path: string, directory: string): boolean {
  return path.charCodeAt(directory === ROOT ? 1 : directory.length + 1) === 0x5f;
}

/** True if `path` lies below `directory`, at any depth. */
export function isBelow(path: string, directory: string): boolean {
  if (directory === ROOT) return path !== ROOT;
  return path.length > directory.length && path.charCodeAt(directory.length) === 0x2f && path.startsWith(directory);
}

/** True if the part of `path` below `directory` has a hidden component. `path` is below or equal to `directory`. */
export function isHiddenBelow(path: string, directory: string): boolean {
  return path.includes('/_', directory === ROOT ? 0 : directory.length);
}

/**
 * The paths from the first component down to `path` itself: `/a/b` gives `/a`, `/a/b`. The root is not among them.
 * Return true from `visit` to stop.
 */
export function walkDown(path: string, visit: (prefix: string) => boolean): void {
  let slash = path.indexOf('/', 1);
  while (slash !== -1) {
    if (visit(path.slice(0, slash))) return;
    slash = path.indexOf('/', slash + 1);
  }
  if (path !== ROOT) visit(path);
}
