import { stringify } from 'yaml';
import { parseBoolean } from './booleans';
import type { Built } from './build';
import { activeRows } from './options';
import type { Kind } from './options/types';
import { describeOrigin } from './settings';
import { oneLine } from './text';
import type { Build } from './version';

/**
 * The configuration as a file that --config-file accepts, with the warnings about it (one line each) and the origin of
 * each value as comments.
 */
export function printConfiguration(built: Built, warnings: readonly string[], build: Build): string {
  const lines = activeRows.map(({ name, option }) => {
    const value = scalar(option.kind, built.texts.get(name) ?? '');
    const origin = built.sources.get(name) ?? { source: 'default' };
    return `${name}: ${value} # ${oneLine(describeOrigin(origin))}`;
  });
  const head = `# Configuration of Cairn ${build.version}; --config-file accepts it.`;
  return [head, ...warnings.map((warning) => `# Warning: ${warning}`), ...lines, ''].join('\n');
}

function scalar(kind: Kind, text: string): string {
  switch (kind.type) {
    case 'integer':
    case 'duration':
      return String(Number(text));
    case 'boolean':
      return String(isTrue(text));
    case 'string':
    case 'enum':
    case 'urls':
    case 'strings':
    case 'cluster':
      // Only the end of the line: trimEnd() would take a no-break space that is part of the text.
      return stringify(text, { lineWidth: 0 }).replace(/\n$/, '');
  }
}

function isTrue(text: string): boolean {
  const parsed = parseBoolean(text);
  return parsed.ok && parsed.value;
}
