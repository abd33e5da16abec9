/** Data directories that were moved aside: DIR.removed-1, DIR.removed-2, ... beside DIR, the highest number the newest. */
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** How many are kept: enough to undo a removal that was a mistake, and one before it. */
export const ASIDE_MAX = 2;

const MEBIBYTE = 1024 * 1024;

/** Where the directory may be moved to. */
export async function freePlace(directory: string): Promise<string> {
  const numbers = await numbersAside(directory);
  return `${directory}.removed-${(numbers.at(-1) ?? 0) + 1}`;
}

/** Deletes all but the newest, and what an earlier version left half deleted. */
export async function keepNewest(directory: string): Promise<void> {
  const numbers = await numbersAside(directory);
  for (const number of numbers.slice(0, Math.max(0, numbers.length - ASIDE_MAX)))
    await rm(`${directory}.removed-${number}`, { recursive: true, force: true });
  await rm(`${directory}.removed`, { recursive: true, force: true });
}

/** What the kept ones take, and what is left on the volume. */
export async function diskLine(directory: string): Promise<string> {
  let keptBytes = 0;
  for (const number of await numbersAside(directory)) keptBytes += await bytesIn(`${directory}.removed-${number}`);
  const { bavail, bsize } = await statfs(dirname(directory));
  return (
    `${directory}.removed-*: ${mebibytes(keptBytes)} MiB are kept, ${mebibytes(bavail * bsize)} MiB are free on the volume; ` +
    'delete them when nobody needs them any more'
  );
}

/** In rising order. */
async function numbersAside(directory: string): Promise<readonly number[]> {
  const prefix = `${basename(directory)}.removed-`;
  const names = await readdir(dirname(directory));
  const numbers = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return numbers
    .filter((number) => /^[1-9]\d{0,8}$/.test(number))
    .map(Number)
    .sort((a, b) => a - b);
}

async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(directory, { recursive: true })) {
    const { size } = await stat(join(directory, name)).catch(() => ({ size: 0 }));
    bytes += size;
  }
  return bytes;
}

function mebibytes(bytes: number): string {
  return (bytes / MEBIBYTE).toFixed(1);
}
