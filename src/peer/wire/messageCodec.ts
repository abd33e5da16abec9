/**
 * Raft messages as frame bodies: type (1), term, then the fields of the type. Sender and receiver are not in there: a stream
 * belongs to one pair of members, whose ids were checked at the handshake, so no message can claim to be from another.
 */
import type { ByteReader } from '../../bytes/byteReader';
import type { MemberId, Message } from '../../raft/types';
import type { WireWriter } from './wireWriter';
import { readerOf, WireError } from './wireError';
import { readEntries, writeEntries } from './entryCodec';

const CODES = {
  voteRequest: 1,
  voteResponse: 2,
  appendRequest: 3,
  appendResponse: 4,
  heartbeat: 5,
  heartbeatResponse: 6,
  readIndexRequest: 7,
  readIndexResponse: 8,
  timeoutNow: 9,
  snapshotRequest: 10,
} as const satisfies Record<Message['type'], number>;

/** Upper bounds of what a message and an entry take without their data. */
const MESSAGE_BYTES_MAX = 48;
const ENTRY_OVERHEAD_BYTES_MAX = 20;
const ID_BYTES = 8;

/** A cheap upper bound of the encoded size, for deciding whether a message may be queued. */
export function messageBytesMax(message: Message): number {
  if (message.type !== 'appendRequest') return MESSAGE_BYTES_MAX;
  let bytes = MESSAGE_BYTES_MAX;
  for (const entry of message.entries) {
    bytes += ENTRY_OVERHEAD_BYTES_MAX;
    if (entry.kind === 'noop') continue;
    bytes += entry.data.length;
    if (entry.kind !== 'configuration') continue;
    bytes += ENTRY_OVERHEAD_BYTES_MAX;
    bytes += ID_BYTES * (entry.configuration.voters.length + entry.configuration.learners.length);
  }
  return bytes;
}

/** Throws RangeError for numbers that are no safe integers of 0 or more, and for entries with holes. */
export function writeMessage(writer: WireWriter, message: Message): void {
  writer.u8(CODES[message.type]).varint(message.term);
  switch (message.type) {
    case 'voteRequest':
      writer.u8(bits(message.pre, message.transfer)).varint(message.lastLogIndex).varint(message.lastLogTerm);
      return;
    case 'voteResponse':
      writer.u8(bits(message.pre, message.granted));
      return;
    case 'appendRequest':
      writer.varint(message.prevLogIndex).varint(message.prevLogTerm).varint(message.commit);
      writeEntries(writer, message.prevLogIndex, message.entries);
      return;
    case 'appendResponse':
      writer.u8(bits(message.success)).varint(message.index).varint(message.hintIndex).varint(message.hintTerm);
      return;
    case 'heartbeat':
      writer.varint(message.commit).varint(message.readRound);
      return;
    case 'heartbeatResponse':
      writer.varint(message.readRound);
      return;
    case 'readIndexRequest':
      writer.varint(message.context);
      return;
    case 'readIndexResponse':
      writer.varint(message.context).varint(message.index);
      return;
    case 'timeoutNow':
    case 'snapshotRequest':
      return;
  }
}

/** The message in a frame body; entry data are views into it. Throws WireError. */
export function readMessage(body: Buffer, from: MemberId, to: MemberId): Message {
  const reader = readerOf(body);
  const message = readFields(reader, from, to);
  reader.finish();
  return message;
}

function readFields(reader: ByteReader, from: MemberId, to: MemberId): Message {
  const code = reader.u8();
  const term = reader.varint();
  switch (code) {
    case CODES.voteRequest: {
      const flags = readFlags(reader, 2);
      const lastLogIndex = reader.varint();
      const lastLogTerm = reader.varint();
      const pre = bit(flags, 0);
      return { type: 'voteRequest', from, to, term, pre, lastLogIndex, lastLogTerm, transfer: bit(flags, 1) };
    }
    case CODES.voteResponse: {
      const flags = readFlags(reader, 2);
      return { type: 'voteResponse', from, to, term, pre: bit(flags, 0), granted: bit(flags, 1) };
    }
    case CODES.appendRequest: {
      const prevLogIndex = reader.varint();
      const prevLogTerm = reader.varint();
      const commit = reader.varint();
      const entries = readEntries(reader, prevLogIndex);
      return { type: 'appendRequest', from, to, term, prevLogIndex, prevLogTerm, entries, commit };
    }
    case CODES.appendResponse: {
      const success = bit(readFlags(reader, 1), 0);
      const index = reader.varint();
      const hintIndex = reader.varint();
      return { type: 'appendResponse', from, to, term, success, index, hintIndex, hintTerm: reader.varint() };
    }
    case CODES.heartbeat: {
      const commit = reader.varint();
      return { type: 'heartbeat', from, to, term, commit, readRound: reader.varint() };
    }
    case CODES.heartbeatResponse:
      return { type: 'heartbeatResponse', from, to, term, readRound: reader.varint() };
    case CODES.readIndexRequest:
      return { type: 'readIndexRequest', from, to, term, context: reader.varint() };
    case CODES.readIndexResponse: {
      const context = reader.varint();
      return { type: 'readIndexResponse', from, to, term, context, index: reader.varint() };
    }
    case CODES.timeoutNow:
      return { type: 'timeoutNow', from, to, term };
    case CODES.snapshotRequest:
      return { type: 'snapshotRequest', from, to, term };
    default:
      throw new WireError('malformed', `a message of type ${code}`);
  }
}

function bits(first: boolean, second = false): number {
  return (first ? 1 : 0) | (second ? 2 : 0);
}

function readFlags(reader: ByteReader, width: number): number {
  const flags = reader.u8();
  if (flags >> width !== 0) throw new WireError('malformed', `flags ${flags} of a message`);
  return flags;
}

function bit(flags: number, position: number): boolean {
  return ((flags >> position) & 1) === 1;
}
