/**
 * Log entries inside an append request: each a kind (1), its term (varint), a configuration if it is one, and its data with its length.
 * Their indexes are not sent: they follow `prevLogIndex` without holes. On disk: storage/entryCodec.ts; inside the data of a command:
 * machine/commandCodec.ts.
 */
import { MEMBERS_MAX } from '../../platform/sizes';
import type { ByteReader } from '../../bytes/byteReader';
import type { Configuration, Entry } from '../../raft/types';
import type { WireWriter } from './wireWriter';
import { WireError } from './wireError';

const NOOP = 0;
const COMMAND = 1;
const CONFIGURATION = 2;

/** Kind and term. */
const ENTRY_BYTES_MIN = 2;
const ID_BYTES = 8;

/** Far more than fit into what a leader puts into one message; an entry in memory takes many times the two bytes that it may take here. */
const ENTRIES_MAX = 1_000_000;

/** Throws RangeError if the entries do not follow `prevLogIndex`: the receiver would give them other indexes. */
export function writeEntries(writer: WireWriter, prevLogIndex: number, entries: readonly Entry[]): void {
  writer.varint(entries.length);
  let expected = prevLogIndex;
  for (const entry of entries) {
    expected += 1;
    if (entry.index !== expected) throw new RangeError(`entry ${entry.index} where ${expected} belongs`);
    writeEntry(writer, entry);
  }
}

function writeEntry(writer: WireWriter, entry: Entry): void {
  switch (entry.kind) {
    case 'noop':
      writer.u8(NOOP).varint(entry.term);
      return;
    case 'command':
      writer.u8(COMMAND).varint(entry.term).bytes(entry.data);
      return;
    case 'configuration':
      writer.u8(CONFIGURATION).varint(entry.term);
      writeConfiguration(writer, entry.configuration);
      writer.bytes(entry.data);
      return;
  }
}

/** The data of the entries are views into what is read. Throws WireError. */
export function readEntries(reader: ByteReader, prevLogIndex: number): Entry[] {
  const count = reader.count(ENTRY_BYTES_MIN);
  if (count > ENTRIES_MAX) throw new WireError('malformed', `${count} entries in one message`);
  const entries: Entry[] = [];
  for (let position = 1; position <= count; position += 1) entries.push(readEntry(reader, prevLogIndex + position));
  return entries;
}

function readEntry(reader: ByteReader, index: number): Entry {
  const kind = reader.u8();
  const term = reader.varint();
  switch (kind) {
    case NOOP:
      return { kind: 'noop', index, term };
    case COMMAND:
      return { kind: 'command', index, term, data: reader.bytes() };
    case CONFIGURATION: {
      const configuration = readConfiguration(reader);
      return { kind: 'configuration', index, term, configuration, data: reader.bytes() };
    }
    default:
      throw new WireError('malformed', `an entry of kind ${kind}`);
  }
}

export function writeConfiguration(writer: WireWriter, configuration: Configuration): void {
  writeIds(writer, configuration.voters);
  writeIds(writer, configuration.learners);
}

export function readConfiguration(reader: ByteReader): Configuration {
  const voters = readIds(reader);
  return { voters, learners: readIds(reader) };
}

function writeIds(writer: WireWriter, ids: readonly string[]): void {
  writer.varint(ids.length);
  for (const id of ids) writer.id(id);
}

function readIds(reader: ByteReader): string[] {
  const count = reader.count(ID_BYTES);
  if (count > MEMBERS_MAX) throw new WireError('malformed', `a configuration of ${count} members`);
  const ids: string[] = [];
  for (let position = 0; position < count; position += 1) ids.push(reader.id());
  return ids;
}
