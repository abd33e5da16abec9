/**
 * One log entry holds the commands of one loop turn of one member. The bytes are a contract between members of different
 * versions: the first byte is the format, and a format that is not known is refused.
 */
import { ByteReader, ByteWriter, DecodeError } from './bytes';
import type { Command, KeyCommand } from './command';
import { joinLevel, splitLevel } from './features';

const FORMAT = 1;

/** Commands on their way through the log, and who waits for them. */
export interface CommandBatch {
  /** The member whose clients asked; 64-bit hexadecimal. */
  readonly origin: string;
  /** Which run of that member, below 2^53: a restarted member must not take an old batch for one of its new ones. */
  readonly run: number;
  /** Tells the batches of one run apart; below 2^48. */
  readonly sequence: number;
  readonly commands: readonly Command[];
}

const CODES = {
  set: 1,
  create: 2,
  update: 3,
  compareAndSwap: 4,
  delete: 5,
  compareAndDelete: 6,
  sync: 7,
  publish: 8,
  updateMember: 9,
  checkpoint: 10,
  report: 11,
} as const satisfies Record<Command['type'], number>;

const writer = new ByteWriter();

/** What a key command takes beside its path and values, at most; and so does the head of a batch. */
const OVERHEAD_BYTES_MAX = 64;

/** Bytes of the command in the log, or somewhat more. */
export function sizeOfCommand(command: Command): number {
  const path = 'path' in command ? command.path.length : 0;
  const value = 'value' in command ? command.value.length : 0;
  const previous = 'prevValue' in command ? command.prevValue.length : 0;
  return OVERHEAD_BYTES_MAX + path + value + previous;
}

/** The bytes of a whole batch. */
export function encodeBatch(batch: CommandBatch): Buffer {
  writer
    .restart()
    .expect(batch.commands.reduce((sum, command) => sum + sizeOfCommand(command), OVERHEAD_BYTES_MAX))
    .u8(FORMAT)
    .u64(BigInt(`0x${batch.origin}`))
    .varint(batch.run)
    .u48(batch.sequence)
    .varint(batch.commands.length);
  for (const command of batch.commands) encodeCommand(command);
  return writer.take();
}

/** Format, origin, run, sequence and number of commands, each as short as it can be. */
const HEAD_BYTES_MIN = 1 + 8 + 1 + 6 + 1;

/** Whether the bytes begin as a batch does: all that can be said without reading every command. */
export function looksLikeBatch(bytes: Uint8Array): boolean {
  return bytes.length >= HEAD_BYTES_MIN && bytes[0] === FORMAT;
}

/** @throws DecodeError if the bytes are not a batch of a known format */
export function decodeBatch(bytes: Uint8Array): CommandBatch {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new DecodeError(`log entry of format ${format}, this version knows ${FORMAT}`);
  const origin = reader.u64().toString(16);
  const run = reader.varint();
  const sequence = reader.u48();
  const count = reader.varint();
  const commands: Command[] = [];
  for (let index = 0; index < count; index++) commands.push(decodeCommand(reader));
  if (!reader.atEnd) throw new DecodeError('bytes follow the last command of a log entry');
  return { origin, run, sequence, commands };
}

function encodeCommand(command: Command): void {
  writer.u8(CODES[command.type]);
  switch (command.type) {
    case 'publish':
      writer
        .u64(BigInt(`0x${command.memberId}`))
        .text(command.name)
        .text(joinLevel(command.version, command.level));
      encodeList(command.clientURLs);
      return;
    case 'updateMember':
      writer.u64(BigInt(`0x${command.memberId}`));
      encodeList(command.peerURLs);
      return;
    case 'checkpoint':
      writer.u48(command.checkpoint);
      return;
    case 'report':
      writer
        .u64(BigInt(`0x${command.memberId}`))
        .u48(command.checkpoint)
        .bytes(command.digest);
      return;
    case 'sync':
      writer.u48(command.nowMs).varint(command.expireMax);
      return;
    case 'set':
    case 'create':
    case 'update':
    case 'compareAndSwap':
    case 'delete':
    case 'compareAndDelete':
      encodeKeyCommand(command);
      return;
  }
}

function encodeKeyCommand(command: KeyCommand): void {
  writer.u48(command.nowMs);
  writer.bytes(command.path);
  switch (command.type) {
    case 'set':
      writer.u8(bits(command.dir, command.refresh)).optionalU48(command.expirationMs).bytes(command.value);
      return;
    case 'create':
      writer.u8(bits(command.dir, command.inOrder)).optionalU48(command.expirationMs).bytes(command.value);
      return;
    case 'update':
      writer.u8(bits(command.refresh)).optionalU48(command.expirationMs).bytes(command.value);
      return;
    case 'compareAndSwap':
      writer.u8(bits(command.refresh)).optionalU48(command.expirationMs).bytes(command.value);
      writer.bytes(command.prevValue).u64(command.prevIndex);
      return;
    case 'delete':
      writer.u8(bits(command.dir, command.recursive));
      return;
    case 'compareAndDelete':
      writer.bytes(command.prevValue).u64(command.prevIndex);
      return;
  }
}

function decodeCommand(reader: ByteReader): Command {
  const code = reader.u8();
  switch (code) {
    case CODES.publish:
      return decodePublish(reader);
    case CODES.updateMember:
      return { type: 'updateMember', memberId: reader.u64().toString(16), peerURLs: decodeList(reader) };
    case CODES.checkpoint:
      return { type: 'checkpoint', checkpoint: reader.u48() };
    case CODES.report: {
      const memberId = reader.u64().toString(16);
      return { type: 'report', memberId, checkpoint: reader.u48(), digest: reader.bytes() };
    }
    case CODES.sync:
      return { type: 'sync', nowMs: reader.u48(), expireMax: reader.varint() };
    default:
      return decodeKeyCommand(reader, code);
  }
}

function decodeKeyCommand(reader: ByteReader, code: number): KeyCommand {
  const nowMs = reader.u48();
  const path = reader.bytes();
  switch (code) {
    case CODES.set: {
      const flags = reader.u8();
      const expirationMs = reader.optionalU48();
      const value = reader.bytes();
      return { type: 'set', path, nowMs, dir: bit(flags, 0), refresh: bit(flags, 1), expirationMs, value };
    }
    case CODES.create: {
      const flags = reader.u8();
      const expirationMs = reader.optionalU48();
      const value = reader.bytes();
      return { type: 'create', path, nowMs, dir: bit(flags, 0), inOrder: bit(flags, 1), expirationMs, value };
    }
    case CODES.update: {
      const refresh = bit(reader.u8(), 0);
      return { type: 'update', path, nowMs, refresh, expirationMs: reader.optionalU48(), value: reader.bytes() };
    }
    case CODES.compareAndSwap: {
      const refresh = bit(reader.u8(), 0);
      const expirationMs = reader.optionalU48();
      const value = reader.bytes();
      const prevValue = reader.bytes();
      return { type: 'compareAndSwap', path, nowMs, refresh, expirationMs, value, prevValue, prevIndex: reader.u64() };
    }
    case CODES.delete: {
      const flags = reader.u8();
      return { type: 'delete', path, nowMs, dir: bit(flags, 0), recursive: bit(flags, 1) };
    }
    case CODES.compareAndDelete:
      return { type: 'compareAndDelete', path, nowMs, prevValue: reader.bytes(), prevIndex: reader.u64() };
    default:
      throw new DecodeError(`unknown command code ${code}`);
  }
}

function decodePublish(reader: ByteReader): Command {
  const memberId = reader.u64().toString(16);
  const name = reader.text();
  const { version, level } = splitLevel(reader.text());
  return { type: 'publish', memberId, name, clientURLs: decodeList(reader), version, level };
}

function encodeList(items: readonly string[]): void {
  writer.varint(items.length);
  for (const item of items) writer.text(item);
}

function decodeList(reader: ByteReader): string[] {
  const count = reader.varint();
  const items: string[] = [];
  for (let index = 0; index < count; index++) items.push(reader.text());
  return items;
}

function bits(first: boolean, second = false): number {
  return (first ? 1 : 0) | (second ? 2 : 0);
}

function bit(flags: number, position: number): boolean {
  return ((flags >> position) & 1) === 1;
}
