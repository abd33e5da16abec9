/** The rows of the tree as they stand below each other, and which of them are in sight: the others are no elements. */
import type { KeyTree } from './keyTree';
import { isBelow, nameOf } from './paths';

export interface Row {
  readonly key: string;
  readonly label: string;
  /** 1 for a root. */
  readonly level: number;
  /** Its place among its siblings, from 1, and how many they are: what a screen reader says. */
  readonly position: number;
  readonly siblings: number;
  readonly isDirectory: boolean;
  readonly isOpen: boolean;
}

/**
 * @param roots the whole key space, and what was opened by its path
 * @param prefix only keys that begin so, and what is above them; '' for all
 */
export function rowsOf(tree: KeyTree, roots: readonly string[], open: ReadonlySet<string>, prefix: string): Row[] {
  const rows: Row[] = [];
  const add = (keys: readonly string[], level: number): void => {
    keys.forEach((key, at) => {
      const isDirectory = tree.node(key)?.isDirectory ?? level === 1;
      const isOpen = isDirectory && open.has(key);
      const label = level === 1 ? key : nameOf(key);
      rows.push({ key, label, level, position: at + 1, siblings: keys.length, isDirectory, isOpen });
      if (isOpen) add(shownOf(tree.childrenOf(key) ?? [], prefix), level + 1);
    });
  };
  add(roots, 1);
  return rows;
}

function shownOf(keys: readonly string[], prefix: string): readonly string[] {
  return prefix === '' ? keys : keys.filter((key) => key.startsWith(prefix) || isBelow(prefix, key));
}

export interface Slice {
  readonly from: number;
  readonly to: number;
}

const BESIDE = 8;

/** The rows that are in sight, and a few above and below them. Lengths in pixels; `to` is not one of them. */
export function inSight(scrolled: number, height: number, rowHeight: number, count: number): Slice {
  const from = Math.max(0, Math.min(count, Math.floor(scrolled / rowHeight)) - BESIDE);
  return { from, to: Math.min(count, Math.ceil((scrolled + height) / rowHeight) + BESIDE) };
}

/** What a key of the keyboard means in a tree, as the ARIA practices have it. */
export type Move =
  | { readonly kind: 'to'; readonly row: number }
  | { readonly kind: 'open' | 'close' | 'select'; readonly row: number }
  | undefined;

export function moveOf(pressed: string, rows: readonly Row[], at: number, page: number): Move {
  const row = rows[at];
  const to = (wanted: number): Move => ({ kind: 'to', row: Math.max(0, Math.min(rows.length - 1, wanted)) });
  if (row === undefined) return rows.length > 0 && pressed.startsWith('Arrow') ? to(0) : undefined;
  switch (pressed) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'PageDown':
      return to(at + page);
    case 'PageUp':
      return to(at - page);
    case 'Home':
      return to(0);
    case 'End':
      return to(rows.length - 1);
    case 'ArrowRight':
      if (!row.isDirectory) return undefined;
      return row.isOpen ? to(at + 1) : { kind: 'open', row: at };
    case 'ArrowLeft': {
      if (row.isOpen) return { kind: 'close', row: at };
      let parent = at;
      while (parent > 0 && (rows[parent]?.level ?? 1) >= row.level) parent--;
      return row.level > 1 ? to(parent) : undefined;
    }
    case 'Enter':
    case ' ':
      return { kind: 'select', row: at };
    default:
      return undefined;
  }
}
