/**
 * A log entry on disk: the envelope (seal.ts), kind (1), index (8), term (8), then a configuration if it is one, then data. Between
 * members: peer/wire/entryCodec.ts; inside the data of a command: machine/commandCodec.ts.
 */
import type { Entry } from '../raft/types';
import { ByteWriter } from '../bytes/byteWriter';
import { readerOf } from './bytes';
import { readConfiguration, sizeOfConfiguration, writeConfiguration } from './configurationCodec';
import { corrupt } from './errors';
import { LongValue } from './kv';
import { checkSeal, seal, SEAL_BYTES } from './seal';

const SEAL_KIND = 'l';
const KIND_AT = SEAL_BYTES;
const INDEX_AT = KIND_AT + 1;
const TERM_AT = INDEX_AT + 8;
const HEAD_BYTES = TERM_AT + 8;
const UINT32_RANGE = 2 ** 32;

const NOOP = 0;
const COMMAND = 1;
const CONFIGURATION = 2;

/** The data of entries from this length on are not copied. */
const LONG_DATA_BYTES = 64 * 1024;

/** Throws RangeError for a member id that is no 64-bit number. */
export function encodeEntry(entry: Entry): Buffer | LongValue {
  switch (entry.kind) {
    case 'noop':
      return seal(SEAL_KIND, head(HEAD_BYTES, NOOP, entry).written);
    case 'command':
      if (entry.data.length >= LONG_DATA_BYTES) {
        return new LongValue([seal(SEAL_KIND, head(HEAD_BYTES, COMMAND, entry).written, entry.data), entry.data]);
      }
      return seal(SEAL_KIND, head(HEAD_BYTES + entry.data.length, COMMAND, entry).raw(entry.data).written);
    case 'configuration': {
      const size = HEAD_BYTES + sizeOfConfiguration(entry.configuration) + entry.data.length;
      const writer = head(size, CONFIGURATION, entry);
      writeConfiguration(writer, entry.configuration);
      return seal(SEAL_KIND, writer.raw(entry.data).written);
    }
  }
}

function head(size: number, kind: number, entry: Entry): ByteWriter {
  const envelope = new Uint8Array(SEAL_BYTES);
  return new ByteWriter(size).raw(envelope).u8(kind).u64(entry.index).u64(entry.term);
}

/**
 * The entry that is stored under `index`. Its data is a view into `bytes`. Throws StorageError of kind corrupt or format.
 * Places are fixed, so it reads without a ByteReader: there are thousands of entries at every start.
 */
export function decodeEntry(index: number, bytes: Uint8Array): Entry {
  const what = `log entry ${index}`;
  const view = checkSeal(SEAL_KIND, bytes, what);
  if (bytes.length < HEAD_BYTES) throw corrupt(`${what} is cut short`);
  const storedIndex = readU64(view, INDEX_AT);
  const term = readU64(view, TERM_AT);
  if (storedIndex !== index) throw corrupt(`${what} is missing: entry ${storedIndex} is in its place`);
  const body = Buffer.from(bytes.buffer, bytes.byteOffset + HEAD_BYTES, bytes.length - HEAD_BYTES);
  switch (view.getUint8(KIND_AT)) {
    case NOOP:
      if (body.length > 0) throw corrupt(`${what} is longer than it should be`);
      return { kind: 'noop', index, term };
    case COMMAND:
      return { kind: 'command', index, term, data: body };
    case CONFIGURATION: {
      const reader = readerOf(body, what);
      const configuration = readConfiguration(reader);
      return { kind: 'configuration', index, term, configuration, data: reader.raw(reader.left) };
    }
    default:
      throw corrupt(`${what} is of an unknown kind`);
  }
}

/** Beyond 2^53 it is inexact, and equals no index. */
function readU64(view: DataView, at: number): number {
  return view.getUint32(at) * UINT32_RANGE + view.getUint32(at + 4);
}
