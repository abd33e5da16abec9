import { isScalar, isSeq } from 'yaml';
import { shapeOf } from './options';
import type { Named } from './options';
import { failure, success } from './result';
import type { Result } from './result';
import { quote } from './text';

/** What YAML type a key wants. */
type Wanted = 'text' | 'number' | 'boolean' | 'list' | 'anything';

const wishes: Readonly<Record<Wanted, string>> = {
  text: 'write text, in quotes if it looks like something else',
  number: 'write a whole number without quotes',
  boolean: 'write true or false without quotes',
  list: 'write a list of texts, or one text with commas',
  anything: 'write one value',
};

/**
 * The value of a key in the form it has on the command line, so that one parser serves every source. A value of
 * another YAML type than the option's is a failure: it would hide a mistake such as `name: on`.
 */
export function textOfNode(named: Named, node: unknown): Result<string> {
  const wanted = wantedOf(named);
  const wrong = (): Result<string> => failure(`${describe(node)} is not what it takes; ${wishes[wanted]}`);
  if (isSeq(node)) return wanted === 'list' || wanted === 'anything' ? textOfList(node.items, wrong) : wrong();
  if (!isScalar(node)) return wrong();
  const value: unknown = node.value;
  if (typeof value === 'string') return wanted === 'number' || wanted === 'boolean' ? wrong() : success(value);
  if (typeof value === 'number') return wanted === 'number' || wanted === 'anything' ? success(String(value)) : wrong();
  if (typeof value === 'boolean') {
    return wanted === 'boolean' || wanted === 'anything' ? success(String(value)) : wrong();
  }
  return wrong();
}

function wantedOf(named: Named): Wanted {
  if (shapeOf(named) === 'switch') return 'boolean';
  // Older spellings came from files without types: -c 4001 is a number there, -addr is not.
  if (named.spelling !== undefined || named.option.status !== 'active') return 'anything';
  switch (named.option.kind.type) {
    case 'string':
    case 'enum':
      return 'text';
    case 'integer':
    case 'duration':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'urls':
    case 'strings':
    case 'cluster':
      return 'list';
  }
}

function textOfList(items: readonly unknown[], wrong: () => Result<string>): Result<string> {
  const texts: string[] = [];
  for (const item of items) {
    if (!isScalar(item) || typeof item.value !== 'string') return wrong();
    texts.push(item.value);
  }
  return success(texts.join(','));
}

function describe(node: unknown): string {
  if (isSeq(node)) return node.items.every(isScalar) ? 'a list' : 'a list of more than texts';
  if (!isScalar(node)) return 'a mapping';
  return typeof node.value === 'string'
    ? `the text ${quote(node.value)}`
    : `the ${typeof node.value} ${String(node.value)}`;
}
