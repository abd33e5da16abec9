/** A node as a row: its path is the key. Rows sort so that a directory comes before what it holds. */
import { DecodeError } from '../bytes';
import { LONG_TEXT_LENGTH, LongText, type StoredRows } from '../rows';
import { digestOf } from './digest';
import { DirectoryNode, FileNode, type TreeNode } from './node';
import { parentOf, ROOT } from './path';
import { NUMBER_CHARACTERS, numberText, readNumber } from './rowNumbers';
import type { Tree } from './tree';

/** Format (one character), flags (one), created and modified index, expiration if there is one, then the value as it is. */
const FORMAT = '2';
const FLAGS_AT = 1;
const CREATED_AT = 2;
const MODIFIED_AT = CREATED_AT + NUMBER_CHARACTERS;
const EXPIRATION_AT = MODIFIED_AT + NUMBER_CHARACTERS;

const FLAGS_BASE = 0x30;
const DIRECTORY_BIT = 1;
const EXPIRES_BIT = 2;
const FLAGS_MAX = DIRECTORY_BIT | EXPIRES_BIT;

export function encodeNode(node: TreeNode): string | LongText {
  const { expiry } = node;
  const flags = (node.dir ? DIRECTORY_BIT : 0) | (expiry === undefined ? 0 : EXPIRES_BIT);
  const head = FORMAT + String.fromCharCode(FLAGS_BASE + flags);
  const indexes = numberText(node.createdIndex) + numberText(node.modifiedIndex);
  const expiration = expiry === undefined ? '' : numberText(expiry.expirationMs);
  const beforeValue = head + indexes + expiration;
  if (node.dir) return beforeValue;
  return node.value.length < LONG_TEXT_LENGTH ? beforeValue + node.value : new LongText([beforeValue, node.value]);
}

/** When the node of a row goes by itself; undefined: never. @throws DecodeError for a row that is not a node */
export function expirationOf(row: string): number | undefined {
  return (flagsOf(row) & EXPIRES_BIT) === 0 ? undefined : readNumber(row, EXPIRATION_AT);
}

/** Numbers of rows are below this. */
const NUMBER_END = 2 ** 48;

/**
 * The row of a node whose end, if it has one, is so much later. @throws DecodeError for a row that is not a node
 *
 * @param byMs may be negative; no end is moved before 1970 or out of what a row can say
 */
export function withExpirationMoved(row: string, byMs: number): string {
  const expirationMs = expirationOf(row);
  if (expirationMs === undefined) return row;
  const movedMs = Math.min(Math.max(expirationMs + byMs, 0), NUMBER_END - 1);
  return row.slice(0, EXPIRATION_AT) + numberText(movedMs) + row.slice(EXPIRATION_AT + NUMBER_CHARACTERS);
}

/** Puts stored nodes back into a tree. Rows must come in key order. */
export class NodeLoader {
  /** Neighbours mostly share their parent, so it is kept. */
  private parent: DirectoryNode;

  constructor(private readonly tree: Tree) {
    this.parent = tree.root;
  }

  /** @throws DecodeError for a row that is not a node, or one whose directory is missing */
  add({ keys, values, checksums }: StoredRows): void {
    for (let at = 0; at < keys.length; at += 1) {
      this.addNode(flatTail(keys[at] ?? '', 0), values[at] ?? '', checksums[at] ?? 0);
    }
  }

  private addNode(path: string, row: string, checksum: number): void {
    const flags = flagsOf(row);
    const createdIndex = readNumber(row, CREATED_AT);
    const modifiedIndex = readNumber(row, MODIFIED_AT);
    const expires = (flags & EXPIRES_BIT) !== 0;
    const expirationMs = expires ? readNumber(row, EXPIRATION_AT) : undefined;
    const valueAt = expires ? EXPIRATION_AT + NUMBER_CHARACTERS : EXPIRATION_AT;
    const parent = this.parentFor(path);
    const node =
      (flags & DIRECTORY_BIT) === 0
        ? new FileNode(path, parent, flatTail(row, valueAt), createdIndex, modifiedIndex)
        : new DirectoryNode(path, parent, createdIndex, modifiedIndex);
    this.tree.restore(node, parent, expirationMs, digestOf(checksum));
  }

  private parentFor(path: string): DirectoryNode {
    const known = this.parent.path;
    const slash = path.lastIndexOf('/');
    const same = known === ROOT ? slash === 0 : slash === known.length && path.startsWith(known);
    if (same) return this.parent;
    const parent = this.tree.find(parentOf(path));
    if (!(parent instanceof DirectoryNode)) throw new DecodeError(`the directory of stored key ${path} is missing`);
    this.parent = parent;
    return parent;
  }
}

function flagsOf(row: string): number {
  if (row.charAt(0) !== FORMAT) {
    throw new DecodeError(`node row of format ${JSON.stringify(row.charAt(0))}, this version knows ${FORMAT}`);
  }
  const flags = row.charCodeAt(FLAGS_AT) - FLAGS_BASE;
  if (!(flags >= 0 && flags <= FLAGS_MAX)) throw new DecodeError('a node row has unknown flags');
  return flags;
}

let scratch = Buffer.allocUnsafe(4096);

/** The text from `at` on, with bytes of its own: a slice would keep the whole text that it is a part of in memory. */
function flatTail(text: string, at: number): string {
  if (text.length > scratch.length) scratch = Buffer.allocUnsafe(2 * text.length);
  scratch.latin1Write(text, 0, text.length);
  return scratch.latin1Slice(at, text.length);
}
