/**
 * One log entry holds the commands of one loop turn of one member. The bytes are a contract between members of different
 * versions: the first byte is the format, and a format that is not known is refused.
 */
import type { ByteReader } from '../bytes/byteReader';
import { ByteWriter } from '../bytes/byteWriter';
import { DecodeError, readerOf } from './bytes';
import type { Command } from './command';
import { kindOf, kindOfCode } from './commands/table';

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

const writer = new ByteWriter();

/** What a key command takes beside its path and values, at most; and so does the head of a batch. */
export const COMMAND_OVERHEAD_BYTES = 64;

/** Bytes of the command in the log, or somewhat more. */
export function sizeOfCommand(command: Command): number {
  return COMMAND_OVERHEAD_BYTES + kindOf(command).size(command);
}

/** The bytes of a whole batch. */
export function encodeBatch(batch: CommandBatch): Buffer {
  writer
    .restart()
    .expect(batch.commands.reduce((sum, command) => sum + sizeOfCommand(command), COMMAND_OVERHEAD_BYTES))
    .u8(FORMAT)
    .id(batch.origin)
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

/**
 * @param commandsMax more are refused before any is read
 * @throws DecodeError if the bytes are not a batch of a known format
 */
export function decodeBatch(bytes: Uint8Array, commandsMax = Infinity): CommandBatch {
  const reader = readerOf(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new DecodeError(`log entry of format ${format}, this version knows ${FORMAT}`);
  const origin = reader.id();
  const run = reader.varint();
  const sequence = reader.u48();
  const count = reader.varint();
  if (count > commandsMax)
    throw new DecodeError(`a batch of ${count} commands, where no member sends more than ${commandsMax}`);
  const commands: Command[] = [];
  for (let index = 0; index < count; index++) commands.push(decodeCommand(reader));
  if (!reader.atEnd) throw new DecodeError('bytes follow the last command of a log entry');
  return { origin, run, sequence, commands };
}

function encodeCommand(command: Command): void {
  const kind = kindOf(command);
  writer.u8(kind.code);
  kind.write(writer, command);
}

function decodeCommand(reader: ByteReader): Command {
  const code = reader.u8();
  const kind = kindOfCode(code);
  if (kind === undefined) throw new DecodeError(`unknown command code ${code}`);
  return kind.read(reader);
}
