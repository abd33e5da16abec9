/** The files of the dashboard, as the build left them: all in memory, so that no path of a request ever becomes one of the disk. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { codeOf } from '../../platform/errorCode';

export interface Asset {
  readonly contentType: string;
  readonly etag: string;
  readonly body: Buffer;
  /** The same, compressed. */
  readonly gzip: Buffer;
}

/** By name; `index.html` is the page. */
export type Assets = ReadonlyMap<string, Asset>;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const COMPRESSED = '.gz';

/** Read when they are first asked for: most members are never looked at. Empty where the program runs without a build. */
export function lazyAssets(directory: string): () => Assets {
  let assets: Assets | undefined;
  return () => (assets ??= readAssets(directory));
}

function readAssets(directory: string): Assets {
  const assets = new Map<string, Asset>();
  for (const name of namesIn(directory)) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType === undefined) continue;
    const body = readFileSync(join(directory, name));
    const gzip = readFileSync(join(directory, name + COMPRESSED));
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    assets.set(name, { contentType, etag, body, gzip });
  }
  return assets;
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
