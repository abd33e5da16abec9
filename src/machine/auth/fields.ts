/** The fields of changes: how each lies in a command, how long it is, and what is wrong with it. */
import type { ByteReader } from '../../bytes/byteReader';
import type { ByteWriter } from '../../bytes/byteWriter';
import { DecodeError } from '../bytes';
import type { Permissions } from './change';
import { faultOfHash, faultOfName, faultOfPatterns, faultOfRoles } from './rules';

export interface Field<T> {
  readonly write: (writer: ByteWriter, value: T) => void;
  /** @throws DecodeError */
  readonly read: (reader: ByteReader) => T;
  /** What can be long in it. */
  readonly texts: (value: T) => readonly string[];
  readonly faultOf: (value: T) => string | undefined;
}

export const NAME: Field<string> = {
  write: (writer, name) => void writer.text(name),
  read: (reader) => reader.text(),
  texts: (name) => [name],
  faultOf: faultOfName,
};

export const HASH: Field<string> = { ...NAME, faultOf: faultOfHash };

export const ROLES: Field<readonly string[]> = {
  write: (writer, roles) => void writer.texts(roles),
  read: (reader) => reader.texts(),
  texts: (roles) => roles,
  faultOf: faultOfRoles,
};

const PATTERNS: Field<readonly string[]> = { ...ROLES, faultOf: faultOfPatterns };

export const OPTIONAL_HASH = optional(HASH, undefined);
export const OPTIONAL_ROLES = optional(ROLES, null);

const OPTIONAL_PATTERNS = optional(PATTERNS, null);

export const PERMISSIONS: Field<Permissions> = {
  write: (writer, { read, write }) => {
    OPTIONAL_PATTERNS.write(writer, read);
    OPTIONAL_PATTERNS.write(writer, write);
  },
  read: (reader) => ({ read: OPTIONAL_PATTERNS.read(reader), write: OPTIONAL_PATTERNS.read(reader) }),
  texts: ({ read, write }) => [...(read ?? []), ...(write ?? [])],
  faultOf: ({ read, write }) => OPTIONAL_PATTERNS.faultOf(read) ?? OPTIONAL_PATTERNS.faultOf(write),
};

export const OPTIONAL_PERMISSIONS = optional(PERMISSIONS, undefined);

/** A byte that says whether there is one, and the field. */
function optional<T, N extends null | undefined>(field: Field<T>, none: N): Field<T | N> {
  const isThere = (value: T | N): value is T => value !== none;
  return {
    write: (writer, value) => {
      writer.u8(isThere(value) ? 1 : 0);
      if (isThere(value)) field.write(writer, value);
    },
    read: (reader) => {
      const flag = reader.u8();
      if (flag > 1) throw new DecodeError(`a byte that says whether something follows is ${flag}`);
      return flag === 1 ? field.read(reader) : none;
    },
    texts: (value) => (isThere(value) ? field.texts(value) : []),
    faultOf: (value) => (isThere(value) ? field.faultOf(value) : undefined),
  };
}
