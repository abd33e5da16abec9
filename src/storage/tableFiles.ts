/**
 * Verifies the checksum of every block in RocksDB's table files before they are opened. The binding's iterators do not
 * (`verify_checksums` is off): one flipped bit can hide a row, end a scan early or abort the process.
 *
 * The format is RocksDB's block-based table, version 4, as it comes from the options of rocks.ts. A block is followed by its
 * compression type (1) and the masked CRC-32C of both (4, little-endian). The footer at the end of the file says where the
 * index and the index of the meta blocks are; they say where all others are. Places are pairs of varints: offset and size.
 */
import { join } from 'node:path';
import { codeOf } from '../platform/errorCode';
import { crc32c, maskCrc32c } from './crc32c';
import { corrupt, StorageError } from './errors';
import { withWindow, type FileWindow } from './fileWindow';
import type { LiveFiles } from './manifest';
import { ByteReader } from '../bytes/byteReader';

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
    const table = join(path, name);
    try {
      await withWindow(table, (file) => {
        checkTable(name, file);
      });
    } catch (error) {
      const isMissing = error instanceof StorageError && codeOf(error.cause) === 'ENOENT';
      throw isMissing ? corrupt(`the table file ${table} is missing`, error) : error;
    }
  }
}

function checkTable(name: string, file: FileWindow): void {
  const footer = file.size - FOOTER_BYTES;
  if (footer < 0) throw damaged(name, footer);
  const bytes = Buffer.from(file.read(footer, FOOTER_BYTES));
  if (bytes.readBigUInt64LE(FOOTER_BYTES - MAGIC_FROM_END) !== MAGIC) throw damaged(name, footer);
  const version = bytes.readUInt32LE(FOOTER_BYTES - VERSION_FROM_END);
  if (version !== VERSION || bytes[0] !== CHECKSUM_CRC32C) throw damaged(name, footer);
  const places = new ByteReader(bytes.subarray(1, FOOTER_BYTES - VERSION_FROM_END), () => damaged(name, footer));
  const metaIndex = Buffer.from(checkBlock(name, file, readPlace(places)));
  const index = Buffer.from(checkBlock(name, file, readPlace(places)));
  for (const place of placesInIndex(name, index)) checkBlock(name, file, place);
  for (const place of placesInMetaIndex(name, metaIndex)) checkBlock(name, file, place);
}

/** The block without its trailer; good until the next one is read. */
function checkBlock(name: string, file: FileWindow, { offset, size }: Place): Buffer {
  if (offset + size + TRAILER_BYTES > file.size) throw damaged(name, offset);
  const bytes = file.read(offset, size + TRAILER_BYTES);
  if (bytes[size] !== UNCOMPRESSED) throw damaged(name, offset);
  if (bytes.readUInt32LE(size + 1) !== maskCrc32c(crc32c(bytes, 0, size + 1))) throw damaged(name, offset);
  return bytes.subarray(0, size);
}

/** Entries of shared key bytes (always 0 here), other key bytes, key, place. */
function* placesInIndex(name: string, block: Buffer): Generator<Place> {
  const reader = new ByteReader(block.subarray(0, endOfEntries(name, block)), () => damaged(name, 0));
  while (!reader.atEnd) {
    if (reader.varint() !== 0) throw damaged(name, 0);
    reader.skip(reader.varint());
    yield readPlace(reader);
  }
}

/** Entries of shared key bytes, other key bytes, value bytes, key, value. The value of every meta block is its place. */
function* placesInMetaIndex(name: string, block: Buffer): Generator<Place> {
  const reader = new ByteReader(block.subarray(0, endOfEntries(name, block)), () => damaged(name, 0));
  while (!reader.atEnd) {
    reader.varint();
    const keyBytes = reader.varint();
    reader.varint();
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

function readPlace(reader: ByteReader): Place {
  return { offset: reader.varint(), size: reader.varint() };
}

function damaged(name: string, at: number): Error {
  return corrupt(`the table file ${name} is unreadable at byte ${at}`);
}
