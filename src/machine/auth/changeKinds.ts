/** The kinds of changes, one entry each: their codes, which are never used again, and their fields in the order of their bytes. */
import type { ByteReader } from '../../bytes/byteReader';
import type { ByteWriter } from '../../bytes/byteWriter';
import { DecodeError } from '../bytes';
import type { AuthChange } from './change';
import {
  HASH,
  NAME,
  OPTIONAL_HASH,
  OPTIONAL_PERMISSIONS,
  OPTIONAL_ROLES,
  PERMISSIONS,
  ROLES,
  type Field,
} from './fields';

type FieldsOf<C> = { readonly [K in Exclude<keyof C, 'type'>]: Field<C[K]> };
type ChangeKinds = {
  readonly [T in AuthChange['type']]: {
    readonly code: number;
    readonly fields: FieldsOf<Extract<AuthChange, { readonly type: T }>>;
  };
};

const KINDS: ChangeKinds = {
  createUser: { code: 1, fields: { user: NAME, passwordHash: HASH, roles: OPTIONAL_ROLES } },
  createOrUpdateUser: { code: 2, fields: { user: NAME, passwordHash: OPTIONAL_HASH } },
  updateUser: { code: 3, fields: { user: NAME, passwordHash: OPTIONAL_HASH, grant: ROLES, revoke: ROLES } },
  deleteUser: { code: 4, fields: { user: NAME } },
  createRole: { code: 5, fields: { role: NAME, permissions: PERMISSIONS } },
  updateRole: { code: 6, fields: { role: NAME, grant: OPTIONAL_PERMISSIONS, revoke: OPTIONAL_PERMISSIONS } },
  deleteRole: { code: 7, fields: { role: NAME } },
  enable: { code: 8, fields: {} },
  disable: { code: 9, fields: {} },
};

/** The same without what only the compiler knows. */
interface Kind {
  readonly type: AuthChange['type'];
  readonly code: number;
  readonly fields: readonly (readonly [name: string, field: Field<unknown>])[];
}

const KIND_OF_TYPE: ReadonlyMap<string, Kind> = new Map(
  Object.entries(KINDS).map(([type, { code, fields }]) => [
    type,
    { type: type as AuthChange['type'], code, fields: Object.entries(fields) as Kind['fields'] },
  ]),
);
const KIND_OF_CODE: ReadonlyMap<number, Kind> = new Map([...KIND_OF_TYPE.values()].map((kind) => [kind.code, kind]));

function* fieldsOf(change: AuthChange): Generator<readonly [value: unknown, field: Field<unknown>]> {
  const values = change as unknown as Readonly<Record<string, unknown>>;
  for (const [name, field] of KIND_OF_TYPE.get(change.type)?.fields ?? []) yield [values[name], field];
}

export function writeAuthChange(writer: ByteWriter, change: AuthChange): void {
  writer.u8(KINDS[change.type].code);
  for (const [value, field] of fieldsOf(change)) field.write(writer, value);
}

/** @throws DecodeError */
export function readAuthChange(reader: ByteReader): AuthChange {
  const code = reader.u8();
  const kind = KIND_OF_CODE.get(code);
  if (kind === undefined) throw new DecodeError(`unknown code ${code} of a change of users and roles`);
  const values: Record<string, unknown> = { type: kind.type };
  for (const [name, field] of kind.fields) values[name] = field.read(reader);
  return values as unknown as AuthChange;
}

/** What a text takes at most: its length and three bytes a character, of 16 bits. */
const LENGTH_BYTES = 4;
const CHARACTER_BYTES = 3;

/** Bytes of what can be long in a change, or somewhat more. */
export function sizeOfAuthChange(change: AuthChange): number {
  let size = 0;
  for (const [value, field] of fieldsOf(change)) {
    for (const text of field.texts(value)) size += LENGTH_BYTES + CHARACTER_BYTES * text.length;
  }
  return size;
}

/** What is wrong with a change, whoever sent it; undefined if it may be in the log. Tells nothing of a password or its hash. */
export function faultOfAuthChange(change: AuthChange): string | undefined {
  for (const [value, field] of fieldsOf(change)) {
    const fault = field.faultOf(value);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
