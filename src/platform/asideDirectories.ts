/** Data directories that were moved aside: DIR.removed-1, DIR.removed-2, ... beside DIR, the highest number the newest. */
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { measureDiskUsage } from './diskUsage';

/** How many are kept: enough to undo a removal that was a mistake, and one before it. */
export const ASIDE_MAX = 2;

const MEBIBYTE = 1024 * 1024;

/** Where the directory may be moved to. */
export async function freePlace(directory: string): Promise<string> {
  const numbers = await numbersAside(directory);
  return `${directory}.removed-${(numbers.at(-1) ?? 0) + 1}`;
}

/** Deletes all but the newest. What has another name somebody else may have put there. */
export async function keepNewest(directory: string): Promise<void> {
  const numbers = await numbersAside(directory);
  for (const number of numbers.slice(0, Math.max(0, numbers.length - ASIDE_MAX)))
    await rm(`${directory}.removed-${number}`, { recursive: true, force: true });
}

/** What the kept ones take, and what is left on the volume. */
export async function diskLine(directory: string): Promise<string> {
  const numbers = await numbersAside(directory);
  const usages = await Promise.all(numbers.map((number) => measureDiskUsage(`${directory}.removed-${number}`)));
  const keptBytes = usages.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  return (
    `${directory}.removed-*: ${mebibytes(keptBytes)} MiB are kept, ${mebibytes(usages[0]?.freeBytes ?? 0)} MiB are free on the ` +
    'volume; delete them when nobody needs them any more'
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

function mebibytes(bytes: number): string {
  return (bytes / MEBIBYTE).toFixed(1);
}
