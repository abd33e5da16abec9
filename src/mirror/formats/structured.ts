/** One document in JSON or YAML. Every value is a text: a version `1.10` is no number. */
import { stringify } from 'yaml';
import type { Tree } from '../tree';

export function jsonText(tree: Tree): string {
  return `${JSON.stringify(plainObject(tree), undefined, 2)}\n`;
}

function plainObject(tree: Tree): object {
  // Not by assignment: a key may be called __proto__.
  return Object.fromEntries(
    [...tree].map(([name, node]) => [name, typeof node === 'string' ? node : plainObject(node)] as const),
  );
}

/** Everything stands in double quotes: readers of YAML 1.1 take `no`, `1e3` and `<<` for something else than texts. */
export function yamlText(tree: Tree): string {
  if (tree.size === 0) return '{}\n';
  const text = stringify(tree, {
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'QUOTE_DOUBLE',
    doubleQuotedAsJSON: true,
    lineWidth: 0,
  });
  return text.replace(/[^\P{C}\n]|[^\P{Z} ]/gu, escaped);
}

/** What cannot be seen, or ends a line for some readers. It stands in quotes, as everything does. */
function escaped(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
