/** A node as a row: its path is the key. Rows sort so that a directory comes before what it holds. */
import { ByteReader, ByteWriter, DecodeError } from '../bytes';
import { digestOf } from './digest';
import { DirectoryNode, FileNode, type TreeNode } from './node';
import { parentOf, ROOT } from './path';
import type { Tree } from './tree';

const FORMAT = 1;
const DIRECTORY_BIT = 1;
const EXPIRES_BIT = 2;

const writer = new ByteWriter();

export function encodeNode(node: TreeNode): Buffer {
  const expiry = node.expiry;
  writer.u8(FORMAT).u8((node.dir ? DIRECTORY_BIT : 0) | (expiry === undefined ? 0 : EXPIRES_BIT));
  writer.u48(node.createdIndex).u48(node.modifiedIndex);
  if (expiry !== undefined) writer.u48(expiry.expirationMs);
  if (!node.dir) writer.bytes(node.value);
  return writer.take();
}

/** Puts stored nodes back into a tree. Rows must come in key order. */
export class NodeLoader {
  /** Neighbours mostly share their parent, so it is kept. */
  private parent: DirectoryNode;

  constructor(private readonly tree: Tree) {
    this.parent = tree.root;
  }

  /** @throws DecodeError for a row that is not a node, or one whose directory is missing */
  add(path: string, value: Uint8Array): void {
    const reader = new ByteReader(value);
    const format = reader.u8();
    if (format !== FORMAT) throw new DecodeError(`node row of format ${format}, this version knows ${FORMAT}`);
    const flags = reader.u8();
    const createdIndex = reader.u48();
    const modifiedIndex = reader.u48();
    const expirationMs = (flags & EXPIRES_BIT) === 0 ? undefined : reader.u48();
    const parent = this.parentFor(path);
    const node =
      (flags & DIRECTORY_BIT) === 0
        ? new FileNode(path, parent, reader.bytes(), createdIndex, modifiedIndex)
        : new DirectoryNode(path, parent, createdIndex, modifiedIndex);
    this.tree.restore(node, parent, expirationMs, digestOf(path, value));
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
