/** A log entry as bytes: the envelope (seal.ts), kind (1), index (8), term (8), then a configuration if it is one, then data. */
import type { Entry } from '../raft/types';
import { ByteReader, ByteWriter } from './bytes';
import { readConfiguration, sizeOfConfiguration, writeConfiguration } from './configurationCodec';
import { corrupt } from './errors';
import { seal, SEAL_BYTES, unseal } from './seal';

const SEAL_KIND = 'l';
const HEAD_BYTES = SEAL_BYTES + 17;

const NOOP = 0;
const COMMAND = 1;
const CONFIGURATION = 2;

/** Throws RangeError for a member id that is no 64-bit number. */
export function encodeEntry(entry: Entry): Buffer {
  switch (entry.kind) {
    case 'noop':
      return seal(SEAL_KIND, head(HEAD_BYTES, NOOP, entry).bytes);
    case 'command':
      return seal(SEAL_KIND, head(HEAD_BYTES + entry.data.length, COMMAND, entry).raw(entry.data).bytes);
    case 'configuration': {
      const size = HEAD_BYTES + sizeOfConfiguration(entry.configuration) + entry.data.length;
      const writer = head(size, CONFIGURATION, entry);
      writeConfiguration(writer, entry.configuration);
      return seal(SEAL_KIND, writer.raw(entry.data).bytes);
    }
  }
}

function head(size: number, kind: number, entry: Entry): ByteWriter {
  const envelope = new Uint8Array(SEAL_BYTES);
  return new ByteWriter(size).raw(envelope).u8(kind).u64(entry.index).u64(entry.term);
}

/**
 * The entry that is stored under `index`. Its data is a view into `bytes`. Throws StorageError of kind corrupt or format.
 */
export function decodeEntry(index: number, bytes: Uint8Array): Entry {
  const what = `log entry ${index}`;
  const reader = new ByteReader(unseal(SEAL_KIND, bytes, what), what);
  const kind = reader.u8();
  const storedIndex = reader.u64();
  const term = reader.u64();
  if (storedIndex !== index) throw corrupt(`${what} is really entry ${storedIndex}`);
  switch (kind) {
    case NOOP:
      reader.end();
      return { kind: 'noop', index, term };
    case COMMAND:
      return { kind: 'command', index, term, data: reader.raw(reader.left) };
    case CONFIGURATION: {
      const configuration = readConfiguration(reader);
      return { kind: 'configuration', index, term, configuration, data: reader.raw(reader.left) };
    }
    default:
      throw corrupt(`${what} is of an unknown kind`);
  }
}
