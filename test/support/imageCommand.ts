/** The commands of the image, as they are here: scripts that run what is built in its place there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cairnCommand } from './serverProcess';

const SCRIPTS = join(resolve(__dirname, '../..'), 'scripts/packaging/image');
const DIST_THERE = '/opt/cairn/dist/';

/** Writes one of them into the directory, and returns its path. */
export function writeImageCommand(name: 'cairn' | 'cairnctl', directory: string): string {
  const text = readFileSync(join(SCRIPTS, name), 'utf8');
  if (!text.includes(DIST_THERE)) throw new Error(`${name} of the image runs nothing in ${DIST_THERE}`);
  const path = join(directory, name);
  const [, entry] = cairnCommand();
  writeFileSync(path, text.replaceAll(DIST_THERE, `${dirname(entry)}/`));
  return path;
}
