/** What changes the key space. */
import type { ByteReader } from '../../bytes/byteReader';
import type { ByteWriter } from '../../bytes/byteWriter';
import type {
  CompareAndDeleteCommand,
  CompareAndSwapCommand,
  CreateCommand,
  DeleteCommand,
  KeyCommand,
  SetCommand,
  SyncCommand,
  UpdateCommand,
} from '../command';
import { faultOfExpiration, faultOfPath } from '../commandRules';
import type { KeyResult } from '../keyspace/event';
import type { MachineState } from '../machineState';
import type { CommandKind } from './kind';

/** Nodes that one `sync` may let expire: no turn may take long. */
const EXPIRE_MAX = 10_000;

type Valued = Extract<KeyCommand, { readonly value: string }>;

/** What all of them have first. */
function writeKey(writer: ByteWriter, { nowMs, path }: KeyCommand): ByteWriter {
  return writer.u48(nowMs).byteString(path);
}

function readKey(reader: ByteReader): { readonly nowMs: number; readonly path: string } {
  return { nowMs: reader.u48(), path: reader.byteString() };
}

function writeValued(writer: ByteWriter, command: Valued, flags: number): ByteWriter {
  return writeKey(writer, command).u8(flags).optionalU48(command.expirationMs).byteString(command.value);
}

/** What the kinds have in common. */
const ofKeys = {
  level: 1,
  speaker: 'client',
  execute: ({ keySpace }: MachineState, command: KeyCommand): KeyResult => keySpace.begin(command),
} as const;

const ofValues = {
  ...ofKeys,
  size: ({ path, value }: Valued): number => path.length + value.length,
  faultOf: (command: Valued): string | undefined => faultOfPath(command.path) ?? faultOfExpiration(command),
};

export const SET: CommandKind<SetCommand> = {
  ...ofValues,
  code: 1,
  write: (writer, command) => void writeValued(writer, command, bits(command.dir, command.refresh)),
  read: (reader) => {
    const { nowMs, path } = readKey(reader);
    const flags = reader.u8();
    const expirationMs = reader.optionalU48();
    const value = reader.byteString();
    return { type: 'set', path, nowMs, dir: bit(flags, 0), refresh: bit(flags, 1), expirationMs, value };
  },
};

export const CREATE: CommandKind<CreateCommand> = {
  ...ofValues,
  code: 2,
  write: (writer, command) => void writeValued(writer, command, bits(command.dir, command.inOrder)),
  read: (reader) => {
    const { nowMs, path } = readKey(reader);
    const flags = reader.u8();
    const expirationMs = reader.optionalU48();
    const value = reader.byteString();
    return { type: 'create', path, nowMs, dir: bit(flags, 0), inOrder: bit(flags, 1), expirationMs, value };
  },
};

export const UPDATE: CommandKind<UpdateCommand> = {
  ...ofValues,
  code: 3,
  write: (writer, command) => void writeValued(writer, command, bits(command.refresh)),
  read: (reader) => {
    const { nowMs, path } = readKey(reader);
    const refresh = bit(reader.u8(), 0);
    return { type: 'update', path, nowMs, refresh, expirationMs: reader.optionalU48(), value: reader.byteString() };
  },
};

export const COMPARE_AND_SWAP: CommandKind<CompareAndSwapCommand> = {
  ...ofValues,
  code: 4,
  size: (command) => ofValues.size(command) + command.prevValue.length,
  write: (writer, command) => {
    writeValued(writer, command, bits(command.refresh)).byteString(command.prevValue).bigU64(command.prevIndex);
  },
  read: (reader) => {
    const { nowMs, path } = readKey(reader);
    const refresh = bit(reader.u8(), 0);
    const expirationMs = reader.optionalU48();
    const value = reader.byteString();
    const prevValue = reader.byteString();
    return { type: 'compareAndSwap', path, nowMs, refresh, expirationMs, value, prevValue, prevIndex: reader.bigU64() };
  },
};

export const DELETE: CommandKind<DeleteCommand> = {
  ...ofKeys,
  code: 5,
  size: ({ path }) => path.length,
  faultOf: ({ path }) => faultOfPath(path),
  write: (writer, command) => void writeKey(writer, command).u8(bits(command.dir, command.recursive)),
  read: (reader) => {
    const { nowMs, path } = readKey(reader);
    const flags = reader.u8();
    return { type: 'delete', path, nowMs, dir: bit(flags, 0), recursive: bit(flags, 1) };
  },
};

export const COMPARE_AND_DELETE: CommandKind<CompareAndDeleteCommand> = {
  ...ofKeys,
  code: 6,
  size: ({ path, prevValue }) => path.length + prevValue.length,
  faultOf: ({ path }) => faultOfPath(path),
  write: (writer, command) => void writeKey(writer, command).byteString(command.prevValue).bigU64(command.prevIndex),
  read: (reader) => {
    const { nowMs, path } = readKey(reader);
    return { type: 'compareAndDelete', path, nowMs, prevValue: reader.byteString(), prevIndex: reader.bigU64() };
  },
};

export const SYNC: CommandKind<SyncCommand> = {
  code: 7,
  level: 1,
  speaker: 'leader',
  size: () => 0,
  write: (writer, { nowMs, expireMax }) => void writer.u48(nowMs).varint(expireMax),
  read: (reader) => ({ type: 'sync', nowMs: reader.u48(), expireMax: reader.varint() }),
  faultOf: ({ expireMax }) => (expireMax >= 1 && expireMax <= EXPIRE_MAX ? undefined : 'a sync that has no bound'),
  *steps({ keySpace }, { nowMs, expireMax }) {
    for (let count = 0; count < expireMax && keySpace.expireOne(nowMs); count++) yield;
  },
  execute: () => undefined,
};

/** Up to two flags in a byte. */
function bits(first: boolean, second = false): number {
  return (first ? 1 : 0) | (second ? 2 : 0);
}

function bit(flags: number, position: number): boolean {
  return ((flags >> position) & 1) === 1;
}
