/** The file that `cairn import` reads, or the standard input. */
import type { Readable } from 'node:stream';
import { readPlainBytes } from '../../platform/plainFile';
import { UsageError } from '../arguments';
import { utf8 } from '../utf8';
import { whyUnreadable } from '../whyUnreadable';
import { isEtcd04Snapshot, parseEtcd04Snapshot } from './etcd04Snapshot';
import { KeyFileError, parseKeyDocument, type KeyDocument } from './keyDocument';

const STANDARD_INPUT = '-';
/** As long as the longest listing of a store that is read. */
const BYTES_MAX = 256 * 1024 * 1024;
/** Some editors put it at the beginning of a file. */
const BYTE_ORDER_MARK = /^\ufeff/;

export interface ImportedKeys extends Pick<KeyDocument, 'prefix' | 'keys'> {
  /** It says when it was written. */
  readonly isDated: boolean;
}

/** @param path - `-`: the standard input. Rejects with UsageError. */
export async function readKeyFile(path: string, nowMs: number, input: Readable = process.stdin): Promise<ImportedKeys> {
  const bytes = await bytesOf(path, input).catch((error: unknown) => {
    throw new UsageError(`${path} cannot be read: ${whyUnreadable(error)}`);
  });
  const text = utf8(bytes)?.replace(BYTE_ORDER_MARK, '');
  if (text === undefined) throw new UsageError(`${path} is no UTF-8, and keys and values are texts`);
  try {
    if (isEtcd04Snapshot(text)) return { prefix: '/', keys: parseEtcd04Snapshot(text, nowMs), isDated: false };
    return { ...parseKeyDocument(text), isDated: true };
  } catch (error) {
    if (error instanceof KeyFileError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

async function bytesOf(path: string, input: Readable): Promise<Uint8Array> {
  if (path !== STANDARD_INPUT) return readPlainBytes(path, BYTES_MAX);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of input as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > BYTES_MAX) throw new Error(`it is longer than ${BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
