/** Keys as lines of a tree. Pure. */
import type { EtcdNode } from '../etcdctl/keyAnswers';
import { isObeyed } from '../../platform/terminalText';
import { quote } from '../etcdctl/goText';

/** Before a name, the last one of a directory, and what is below either of them. */
export interface Drawing {
  readonly name: string;
  readonly lastName: string;
  readonly below: string;
  readonly belowLast: string;
}

const LINES: Drawing = { name: '├── ', lastName: '└── ', below: '│   ', belowLast: '    ' };
const ASCII: Drawing = { name: '|-- ', lastName: '`-- ', below: '|   ', belowLast: '    ' };

/** Lines, unless the locale is one in which a terminal makes something else of them. Where nothing is said it is a terminal of today. */
export function drawingFor(environment: Readonly<Record<string, string | undefined>>): Drawing {
  const locale =
    ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => environment[name] ?? '').find((text) => text !== '') ?? '';
  return locale === '' || /utf-?8/i.test(locale) ? LINES : ASCII;
}

export interface TreeOptions {
  readonly showsValues: boolean;
  readonly directoriesOnly: boolean;
  /** Levels below the first line; 0: all. */
  readonly depth: number;
  /** What is drawn before the names. */
  readonly drawing: Drawing;
}

export interface TreeLine {
  /** What is drawn before the name. */
  readonly before: string;
  readonly name: string;
  readonly isDir: boolean;
  /** Behind the name: its value, and how long it lives. */
  readonly after: string;
}

/** Depth first; the node itself is the first line. */
export function* treeLines(root: EtcdNode, options: TreeOptions): Generator<TreeLine> {
  yield lineOf(root, root.key === '' ? '/' : root.key, '', options);
  yield* below(root, '', 1, options);
}

function* below(node: EtcdNode, indent: string, level: number, options: TreeOptions): Generator<TreeLine> {
  const { drawing } = options;
  if (options.depth > 0 && level > options.depth) return;
  const shown = (node.nodes ?? []).filter(({ isDir }) => isDir || !options.directoriesOnly);
  for (const [index, child] of shown.entries()) {
    const isLast = index === shown.length - 1;
    const name = child.key.slice(child.key.lastIndexOf('/') + 1);
    yield lineOf(child, name, indent + (isLast ? drawing.lastName : drawing.name), options);
    yield* below(child, indent + (isLast ? drawing.belowLast : drawing.below), level + 1, options);
  }
}

function lineOf({ isDir, value, ttl }: EtcdNode, name: string, before: string, { showsValues }: TreeOptions): TreeLine {
  const parts = [
    ...(showsValues && !isDir ? [` = ${safe(value)}`] : []),
    ...(showsValues && ttl > 0 ? [` (${ttl} s)`] : []),
  ];
  const shown = isDir && !name.endsWith('/') ? `${safe(name)}/` : safe(name);
  return { before, name: shown, isDir, after: parts.join('') };
}

/** In quotation marks if a terminal would take parts of it for commands. */
function safe(text: string): string {
  return isObeyed(text) ? quote(text) : text;
}
