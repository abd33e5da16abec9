/** The names that a mirrored directory uses itself. All begin with two dots, which the name of no key does (fileName.ts). */

/** The link that is changed over: it leads to the directory with all files. */
export const DATA = '..data';
/** The new link, until it takes the place of the old one. */
export const NEW_DATA = '..data_tmp';
/** In the directory with the files: what they are of. */
export const NOTE = '..mirror.json';
/** Of which state the command was told. */
export const TOLD = '..told';
export const NEW_TOLD = '..told_tmp';
/** Of who writes there, and some more letters: a socket (src/platform/directoryLock.ts). */
export const LOCK = '..lock-';

/** What a directory with files is called, but for some letters at its end: `..2026_11_27_16_42_09.` */
export function generationName(nowMs: number): string {
  const [year, month, day, hour, minute, second] = new Date(nowMs).toISOString().split(/\D/);
  return `..${[year, month, day, hour, minute, second].join('_')}.`;
}

export function isGeneration(name: string): boolean {
  return /^\.\.\d{4}(_\d\d){5}\.\w{6}$/.test(name);
}

/** Where the link of a name leads to that readers see. */
export function linkTarget(name: string): string {
  return `${DATA}/${name}`;
}
