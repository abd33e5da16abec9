/**
 * Verifies the checksum of every block in RocksDB's table files before they are opened. The binding's iterators do not
 * (`verify_checksums` is off): one flipped bit can hide a row, end a scan early or abort the process.
 *
 * The format is RocksDB's block-based table, version 4, as it comes from the options of rocks.ts. A block is followed by its
 * compression type (1) and the masked CRC-32C of both (4, little-endian). The footer at the end of the file says where the
 * index and the index of the meta blocks are; they say where all others are. Places are pairs of varints: offset and size.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c, maskCrc32c } from './crc32c';
import { corrupt } from './errors';
import { codeOf, fileError } from './fileError';
import type { LiveFiles } from './manifest';
import { VarintReader } from './varints';

const TRAILER_BYTES = 5;
const FOOTER_BYTES = 53;
const VERSION_FROM_END = 12;
const MAGIC_FROM_END = 8;
const MAGIC = 0x88e241b785f4cff7n;
const VERSION = 4;
const CHECKSUM_CRC32C = 1;
const UNCOMPRESSED = 0;

interface Place {
  readonly offset: number;
  readonly size: number;
}

/** Rejects with StorageError of kind corrupt, also if a table is missing: the binding opens what is left and says nothing. */
export async function checkTableFiles(path: string, live: LiveFiles): Promise<void> {
  for (const number of live.tables) {
    const name = `${String(number).padStart(6, '0')}.sst`;
    checkTable(name, await readTable(join(path, name)));
  }
}

async function readTable(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw corrupt(`the table file ${path} is missing`, error);
    throw fileError(error, 'cannot read', path);
  }
}

function checkTable(name: string, bytes: Buffer): void {
  const footer = bytes.length - FOOTER_BYTES;
  if (footer < 0 || bytes.readBigUInt64LE(bytes.length - MAGIC_FROM_END) !== MAGIC) throw damaged(name, footer);
  const version = bytes.readUInt32LE(bytes.length - VERSION_FROM_END);
  if (version !== VERSION || bytes[footer] !== CHECKSUM_CRC32C) throw damaged(name, footer);
  const places = new VarintReader(bytes, footer + 1, bytes.length - VERSION_FROM_END, () => damaged(name, footer));
  const metaIndex = checkBlock(name, bytes, readPlace(places));
  const index = checkBlock(name, bytes, readPlace(places));
  for (const place of placesInMetaIndex(name, metaIndex)) checkBlock(name, bytes, place);
  for (const place of placesInIndex(name, index)) checkBlock(name, bytes, place);
}

/** The block without its trailer. */
function checkBlock(name: string, bytes: Buffer, { offset, size }: Place): Buffer {
  const end = offset + size;
  if (end + TRAILER_BYTES > bytes.length || bytes[end] !== UNCOMPRESSED) throw damaged(name, offset);
  if (bytes.readUInt32LE(end + 1) !== maskCrc32c(crc32c(bytes, offset, end + 1))) throw damaged(name, offset);
  return bytes.subarray(offset, end);
}

/** Entries of shared key bytes (always 0 here), other key bytes, key, place. */
function* placesInIndex(name: string, block: Buffer): Generator<Place> {
  const reader = new VarintReader(block, 0, endOfEntries(name, block), () => damaged(name, 0));
  while (!reader.done) {
    if (reader.number() !== 0) throw damaged(name, 0);
    reader.skip(reader.number());
    yield readPlace(reader);
  }
}

/** Entries of shared key bytes, other key bytes, value bytes, key, value. The value of every meta block is its place. */
function* placesInMetaIndex(name: string, block: Buffer): Generator<Place> {
  const reader = new VarintReader(block, 0, endOfEntries(name, block), () => damaged(name, 0));
  while (!reader.done) {
    reader.number();
    const keyBytes = reader.number();
    reader.number();
    reader.skip(keyBytes);
    yield readPlace(reader);
  }
}

/** After the entries come the restart points (4 each) and how many there are (4). */
function endOfEntries(name: string, block: Buffer): number {
  const end = block.length < 4 ? -1 : block.length - 4 * (1 + (block.readUInt32LE(block.length - 4) & 0x7fffffff));
  if (end < 0) throw damaged(name, 0);
  return end;
}

function readPlace(reader: VarintReader): Place {
  return { offset: reader.number(), size: reader.number() };
}

function damaged(name: string, at: number): Error {
  return corrupt(`the table file ${name} is unreadable at byte ${at}`);
}
