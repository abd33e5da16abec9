/** Which files a listing becomes. */
import { envText } from './formats/env';
import { propertiesText } from './formats/properties';
import { jsonText, yamlText } from './formats/structured';
import { fileNameOf } from './fileName';
import { inOrder, keyWords, RefusedListingError, type Entry } from './listing';
import { treeOf } from './tree';

export interface PlannedFile {
  /** Names of files from the directory down; each is safe by itself. */
  readonly path: readonly string[];
  readonly content: string;
}

export const FORMATS = ['files', 'env', 'json', 'yaml', 'properties'] as const;
export type Format = (typeof FORMATS)[number];

/** How a listing is written. */
export type Form =
  | { readonly format: 'files' }
  | { readonly format: Exclude<Format, 'files'>; readonly file: string; readonly namePrefix: string };

/** What the one file is called if nothing else is said. */
export const FILE_NAMES: Readonly<Record<Exclude<Format, 'files'>, string>> = {
  env: '.env',
  json: 'config.json',
  yaml: 'config.yaml',
  properties: 'config.properties',
};

/**
 * In the order of their paths.
 *
 * @throws RefusedListingError if anything listed has no place in it; nothing is left out in silence
 */
export function planFiles(listed: readonly Entry[], form: Form): readonly PlannedFile[] {
  const entries = inOrder(listed);
  const tree = treeOf(entries);
  switch (form.format) {
    case 'files':
      return entries.map((entry) => ({ path: entry.path.map((name) => safeName(name, entry)), content: entry.value }));
    case 'env':
      return [{ path: [form.file], content: envText(entries, form.namePrefix) }];
    case 'properties':
      return [{ path: [form.file], content: propertiesText(entries) }];
    case 'json':
      return [{ path: [form.file], content: jsonText(tree) }];
    case 'yaml':
      return [{ path: [form.file], content: yamlText(tree) }];
  }
}

function safeName(name: string, entry: Entry): string {
  const fileName = fileNameOf(name);
  if (fileName !== undefined) return fileName;
  throw new RefusedListingError(
    `${keyWords(entry).slice(0, 100)}… has a name that is too long for a file (255 bytes); rename it, or use --format json or yaml`,
  );
}
