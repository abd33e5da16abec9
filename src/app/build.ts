import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from '../config/version';

/** What this program was built as, for --version and the log. */
export function build(): Build {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
  return {
    version: manifest.version,
    nodeVersion: process.version,
    platform: `${process.platform}/${process.arch}`,
  };
}
