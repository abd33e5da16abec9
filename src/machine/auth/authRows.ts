/**
 * The auth state as rows of the table `meta`. The first character of a key says what a row is: `s` the settings, `u` and a name a
 * user, `r` and a name a role; names are UTF-8. Values begin with their format.
 */
import type { ByteReader } from '../../bytes/byteReader';
import { byteString } from '../../bytes/byteStrings';
import { ByteWriter } from '../../bytes/byteWriter';
import { DecodeError, readerOf } from '../bytes';
import { digestOf, TreeDigest } from '../keyspace/digest';
import { rowChecksum, type Row } from '../rows';
import type { AuthItem, AuthState } from './authState';
import { HASH, NAME, OPTIONAL_ROLES, PERMISSIONS, type Field } from './fields';
import { ROOT, roleOf } from './view';

const FORMAT = 1;
const LETTER_OF_KIND = { settings: 's', user: 'u', role: 'r' } as const satisfies Record<AuthItem['kind'], string>;
/** What a row costs in memory beside its characters, about. */
const ROW_BYTES = 200;

interface KnownRow {
  readonly digest: number;
  readonly bytes: number;
}

/** Turns changes of the auth state into rows, and rows into state. Counts both, whatever the order in which they came and went. */
export class AuthRows {
  private readonly known = new Map<string, KnownRow>();
  private readonly sum = new TreeDigest();
  private totalBytes = 0;
  /** By key; not taken yet. */
  private readonly untaken = new Map<string, Row>();

  constructor(private readonly auth: AuthState) {}

  /** What it costs in memory, about. */
  get bytes(): number {
    this.follow();
    return this.totalBytes;
  }

  /** Equal on members with an equal auth state; empty as long as there never was one. */
  digest(): string {
    this.follow();
    return this.known.size === 0 ? '' : this.sum.text;
  }

  /** What changed since the last call. */
  take(rows: Row[]): void {
    this.follow();
    for (const row of this.untaken.values()) rows.push(row);
    this.untaken.clear();
  }

  /** @throws DecodeError for a row that is none, or that no change could have made */
  load(key: string, value: string): void {
    const reader = readerOf(value);
    const format = reader.u8();
    if (format !== FORMAT) throw new DecodeError(`an auth row of format ${format}, this version knows ${FORMAT}`);
    this.read(key, reader);
    if (!reader.atEnd) throw new DecodeError('bytes follow the end of an auth row');
    this.count(key, value);
  }

  private read(key: string, reader: ByteReader): void {
    const { auth } = this;
    switch (key.charAt(0)) {
      case LETTER_OF_KIND.settings: {
        if (key.length > 1) break;
        const flags = reader.u8();
        auth.restoreSettings({ enabled: (flags & 1) !== 0, hasBegun: (flags & 2) !== 0, version: reader.u48() });
        return;
      }
      case LETTER_OF_KIND.user: {
        const name = nameIn(key);
        auth.restoreUser({ name, passwordHash: checked(HASH, reader), roles: checked(OPTIONAL_ROLES, reader) });
        return;
      }
      case LETTER_OF_KIND.role: {
        const name = nameIn(key);
        if (name === ROOT) break;
        auth.restoreRole(roleOf(name, checked(PERMISSIONS, reader)));
        return;
      }
    }
    throw new DecodeError('an auth row with an unknown key');
  }

  /** Brings the rows to where the state is. */
  private follow(): void {
    for (const item of this.auth.takeChanged()) {
      const key = LETTER_OF_KIND[item.kind] + ('name' in item ? byteString(item.name) : '');
      const value = this.valueOf(item);
      const checksum = this.count(key, value);
      this.untaken.set(key, { table: 'meta', key, value, ...(checksum === undefined ? {} : { checksum }) });
    }
  }

  /** Its checksum; undefined for a row that is gone. */
  private count(key: string, value: string | undefined): number | undefined {
    const before = this.known.get(key);
    if (before !== undefined) {
      this.known.delete(key);
      this.sum.subtract(before.digest);
      this.totalBytes -= before.bytes;
    }
    if (value === undefined) return undefined;
    const checksum = rowChecksum('meta', key, value);
    const row = { digest: digestOf(checksum), bytes: ROW_BYTES + key.length + value.length };
    this.known.set(key, row);
    this.sum.add(row.digest);
    this.totalBytes += row.bytes;
    return checksum;
  }

  /** Undefined: there is none any more. */
  private valueOf(item: AuthItem): string | undefined {
    const writer = new ByteWriter().u8(FORMAT);
    if (item.kind === 'settings') {
      const { enabled, hasBegun, version } = this.auth.settings;
      return writer
        .u8((enabled ? 1 : 0) | (hasBegun ? 2 : 0))
        .u48(version)
        .takeText();
    }
    if (item.kind === 'user') {
      const user = this.auth.user(item.name);
      if (user === undefined) return undefined;
      HASH.write(writer, user.passwordHash);
      OPTIONAL_ROLES.write(writer, user.roles);
      return writer.takeText();
    }
    const role = this.auth.role(item.name);
    if (role === undefined) return undefined;
    PERMISSIONS.write(writer, role.permissions);
    return writer.takeText();
  }
}

function nameIn(key: string): string {
  const name = Buffer.from(key.slice(1), 'latin1').toString();
  const fault = byteString(name) === key.slice(1) ? NAME.faultOf(name) : 'a name that is no UTF-8';
  if (fault !== undefined) throw new DecodeError(`an auth row with ${fault}`);
  return name;
}

function checked<T>(field: Field<T>, reader: ByteReader): T {
  const value = field.read(reader);
  const fault = field.faultOf(value);
  if (fault !== undefined) throw new DecodeError(`an auth row with ${fault}`);
  return value;
}
