import fc from 'fast-check';
import type { AuthChange } from '../../../src/machine/auth/change';
import {
  faultOfAuthChange,
  readAuthChange,
  sizeOfAuthChange,
  writeAuthChange,
} from '../../../src/machine/auth/changeKinds';
import { ByteWriter } from '../../../src/bytes/byteWriter';
import { DecodeError, readerOf } from '../../../src/machine/bytes';
import { change, hashOf } from './arbitrary';

function bytesOf(asked: AuthChange): Buffer {
  const writer = new ByteWriter();
  writeAuthChange(writer, asked);
  return writer.take();
}

it('what is written is read back, takes no more than was said, and may be in the log', () => {
  fc.assert(
    fc.property(change, (asked) => {
      const bytes = bytesOf(asked);
      const reader = readerOf(bytes);
      expect(readAuthChange(reader)).toEqual(asked);
      expect(reader.atEnd).toBe(true);
      // A byte for its kind, one for each list or field that may not be there.
      expect(bytes.length).toBeLessThanOrEqual(sizeOfAuthChange(asked) + 16);
      expect(faultOfAuthChange(asked)).toBeUndefined();
    }),
  );
});

it('bytes that are none throw DecodeError and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 12 }), (bytes, code) => {
      try {
        readAuthChange(readerOf(Buffer.from([code, ...bytes])));
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
  );
  for (const hex of ['', '00', '0a', '02016102']) {
    expect(() => readAuthChange(readerOf(Buffer.from(hex, 'hex')))).toThrow(DecodeError);
  }
});

it('the codes and the order of the fields stay as they are', () => {
  const hash = hashOf(1);
  const hashHex = `3c${Buffer.from(hash).toString('hex')}`;
  const permissions = { read: ['/a'], write: null };
  const cases: readonly (readonly [AuthChange, string])[] = [
    [{ type: 'createUser', user: 'u', passwordHash: hash, roles: ['r'] }, `010175${hashHex}01010172`],
    [{ type: 'createOrUpdateUser', user: 'u', passwordHash: undefined }, '02017500'],
    [{ type: 'updateUser', user: 'u', passwordHash: hash, grant: [], revoke: ['r'] }, `03017501${hashHex}00010172`],
    [{ type: 'deleteUser', user: 'u' }, '040175'],
    [{ type: 'createRole', role: 'r', permissions }, '0501720101022f6100'],
    [{ type: 'updateRole', role: 'r', grant: permissions, revoke: undefined }, '060172010101022f610000'],
    [{ type: 'deleteRole', role: 'r' }, '070172'],
    [{ type: 'enable' }, '08'],
    [{ type: 'disable' }, '09'],
  ];
  for (const [asked, hex] of cases) expect(bytesOf(asked).toString('hex')).toBe(hex);
});

describe('what may not be in the log', () => {
  const ann = { type: 'createUser', user: 'ann', passwordHash: hashOf(1), roles: null } as const;
  const role = (read: readonly string[]): AuthChange => ({
    type: 'createRole',
    role: 'r',
    permissions: { read: null, write: read },
  });

  it.each(['', '.', '..', 'a/b', '/', 'a\nb', '\0', '\x7f', 'x'.repeat(1025), 'é'.repeat(513)])(
    'the name %j',
    (name) => {
      const changes: readonly AuthChange[] = [
        { ...ann, user: name },
        { ...ann, roles: ['r', name] },
        { type: 'createOrUpdateUser', user: name, passwordHash: undefined },
        { type: 'updateUser', user: 'ann', passwordHash: undefined, grant: [name], revoke: [] },
        { type: 'updateUser', user: 'ann', passwordHash: undefined, grant: [], revoke: [name] },
        { type: 'deleteUser', user: name },
        { type: 'createRole', role: name, permissions: { read: null, write: null } },
        { type: 'updateRole', role: name, grant: undefined, revoke: undefined },
        { type: 'deleteRole', role: name },
      ];
      for (const asked of changes) expect(faultOfAuthChange(asked)).toMatch(/^a name/);
    },
  );

  it('... but these names may', () => {
    for (const name of ['...', '.a', 'a b', '_h', 'é', 'a:b', 'x'.repeat(1024)]) {
      expect(faultOfAuthChange({ ...ann, user: name })).toBeUndefined();
    }
  });

  it.each([
    'secret',
    '',
    `$2a$31$${'a'.repeat(53)}`,
    `$2a$14$${'a'.repeat(53)}`,
    `$2a$03$${'a'.repeat(53)}`,
    `$2a$10$${'a'.repeat(52)}`,
    `$2a$10$${'a'.repeat(54)}`,
    `$2a$10$${'a'.repeat(52)}-`,
    `$1$${'a'.repeat(56)}`,
    `${hashOf(1)}\n`,
  ])('the hash %j, of which nothing is told', (passwordHash) => {
    expect(faultOfAuthChange({ ...ann, passwordHash })).toBe('a password hash that is none of bcrypt');
    expect(faultOfAuthChange({ type: 'createOrUpdateUser', user: 'ann', passwordHash })).toMatch(/none of bcrypt/);
  });

  it('patterns and lists that are too long, and an empty pattern', () => {
    expect(faultOfAuthChange(role(['/a', '']))).toBe('an empty pattern');
    expect(faultOfAuthChange(role(['x'.repeat(4097)]))).toMatch(/more than 4096 bytes/);
    expect(faultOfAuthChange(role(Array.from({ length: 1001 }, () => '/a')))).toMatch(/more than 1000 patterns/);
    expect(faultOfAuthChange({ ...ann, roles: Array.from({ length: 1001 }, () => 'r') })).toMatch(
      /more than 1000 roles/,
    );
  });
});
