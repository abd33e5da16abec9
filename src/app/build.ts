import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Build } from '../config/version';

/** What this program was built as, for --version and the log. */
export function build(): Build {
  const manifest = JSON.parse(readFileSync(manifestPath(), 'utf8')) as { version: string };
  return {
    version: manifest.version,
    nodeVersion: process.version,
    platform: `${process.platform}/${process.arch}`,
  };
}

/** Where the build leaves the files that the member serves to browsers. */
export function dashboardDirectory(): string {
  return join(dirname(manifestPath()), 'dist', 'dashboard');
}

/** The next package.json above this file: the built program is less deep than its source. */
function manifestPath(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, 'package.json')) && directory !== dirname(directory))
    directory = dirname(directory);
  return join(directory, 'package.json');
}
