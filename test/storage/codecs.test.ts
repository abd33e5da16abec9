import fc from 'fast-check';
import { decodeEntry, encodeEntry } from '../../src/storage/entryCodec';
import { StorageError } from '../../src/storage/errors';
import { LongValue } from '../../src/storage/kv';
import {
  decodeApplied,
  encodeApplied,
  decodeHardState,
  decodeIdentity,
  decodeNumber,
  decodePosition,
  encodeHardState,
  encodeIdentity,
  encodeNumber,
  encodePosition,
} from '../../src/storage/recordCodec';
import { CHECKSUM_CHARACTERS, checkRowValue, encodeRowValue } from '../../src/storage/rowCodec';
import { decodeChunk, encodeEndChunk, encodeRowsChunk } from '../../src/storage/stateChunk';
import { rowChecksum, type RowTable } from '../../src/machine/rows';
import type { Configuration, Entry } from '../../src/raft/types';

const number = fc.oneof(fc.nat(), fc.maxSafeNat());
const id = fc.bigInt(0n, 2n ** 64n - 1n).map((value) => value.toString(16));
const data = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const byteString = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const configuration: fc.Arbitrary<Configuration> = fc.record({
  voters: fc.array(id, { maxLength: 9 }),
  learners: fc.array(id, { maxLength: 9 }),
});

const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ kind: fc.constant('noop' as const), index: number, term: number }),
  fc.record({ kind: fc.constant('command' as const), index: number, term: number, data }),
  fc.record({ kind: fc.constant('configuration' as const), index: number, term: number, configuration, data }),
);
const hardState = fc.record({ term: number, votedFor: fc.option(id, { nil: undefined }), commit: number });
const position = fc.record({ index: number, term: number, configuration });
const rows = fc.array(
  fc.record({
    table: fc.constantFrom('node' as const, 'event' as const, 'member' as const, 'meta' as const),
    key: byteString,
    value: byteString,
  }),
);

/** Every record with something that reads it back, to be damaged in the same ways. */
function readRow(table: RowTable, key: string, stored: string): string {
  checkRowValue(table, key, stored);
  return stored.slice(CHECKSUM_CHARACTERS);
}

function storedEntry(value: Entry): Buffer {
  const stored = encodeEntry(value);
  return stored instanceof LongValue ? stored.bytes() : stored;
}

const encoded: fc.Arbitrary<{ bytes: Buffer; decode: (bytes: Uint8Array) => unknown; value: unknown }> = fc.oneof(
  entry.map((value) => ({
    value,
    bytes: storedEntry(value),
    decode: (bytes: Uint8Array) => decodeEntry(value.index, bytes),
  })),
  hardState.map((value) => ({
    value,
    bytes: encodeHardState(value),
    decode: (bytes: Uint8Array) => decodeHardState(bytes),
  })),
  position.map((value) => ({
    value,
    bytes: encodePosition('applied', value),
    decode: (bytes: Uint8Array) => decodePosition('applied', bytes),
  })),
  fc
    .record({ memberId: id, clusterId: id })
    .map((value) => ({ value, bytes: encodeIdentity(value), decode: (bytes: Uint8Array) => decodeIdentity(bytes) })),
  fc.nat().map((value) => ({
    value,
    bytes: encodeNumber('generation', value),
    decode: (bytes: Uint8Array) => decodeNumber('generation', bytes),
  })),
  fc.tuple(fc.nat(), rows).map(([at, value]) => ({
    value: { kind: 'rows', number: at, rows: value },
    bytes: encodeRowsChunk(at, value),
    decode: (bytes: Uint8Array) => decodeChunk(bytes),
  })),
  fc.tuple(fc.nat(), number).map(([at, totalRows]) => ({
    value: { kind: 'end', number: at, totalRows },
    bytes: encodeEndChunk(at, totalRows),
    decode: (bytes: Uint8Array) => decodeChunk(bytes),
  })),
  fc.tuple(byteString, byteString).map(([key, value]) => ({
    value,
    bytes: Buffer.from(encodeRowValue(value, rowChecksum('node', key, value)), 'latin1'),
    decode: (bytes: Uint8Array) => readRow('node', key, Buffer.from(bytes).latin1Slice()),
  })),
  fc.nat().map((index) => {
    const value = { index, term: 1, configuration: { voters: ['1'], learners: [] } };
    return {
      value,
      bytes: Buffer.from(encodeApplied(value), 'latin1'),
      decode: (bytes: Uint8Array) => decodeApplied(Buffer.from(bytes).latin1Slice()),
    };
  }),
);

function kindOfFailure(decode: () => unknown): string {
  try {
    decode();
    return 'none';
  } catch (error) {
    return error instanceof StorageError ? error.kind : String(error);
  }
}

test('what is encoded is decoded', () => {
  fc.assert(fc.property(encoded, ({ bytes, decode, value }) => expect(decode(bytes)).toEqual(value)));
});

test('also from the middle of a larger array that is no Buffer', () => {
  fc.assert(
    fc.property(encoded, ({ bytes, decode, value }) => {
      const larger = new Uint8Array(bytes.length + 10);
      larger.set(bytes, 5);
      expect(decode(larger.subarray(5, 5 + bytes.length))).toEqual(value);
    }),
  );
});

test('a flipped bit anywhere is found', () => {
  fc.assert(
    fc.property(encoded, fc.nat(), fc.nat(7), ({ bytes, decode }, place, bit) => {
      const damaged = Buffer.from(bytes);
      const at = place % bytes.length;
      damaged[at] = damaged[at]! ^ (1 << bit);
      expect(kindOfFailure(() => decode(damaged))).toBe('corrupt');
    }),
  );
});

test('a record that is cut short is found', () => {
  fc.assert(
    fc.property(encoded, fc.nat(), ({ bytes, decode }, place) => {
      expect(kindOfFailure(() => decode(bytes.subarray(0, place % bytes.length)))).toBe('corrupt');
    }),
  );
});

test('random bytes never do more than fail', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      for (const decode of [decodeChunk, decodeHardState, decodeIdentity, (each: Uint8Array) => decodeEntry(1, each)]) {
        expect(['corrupt', 'format']).toContain(kindOfFailure(() => decode(bytes)));
      }
    }),
  );
});

test('the data of a long entry are kept, not copied, and read back', () => {
  const data = Buffer.alloc(200_000, 7);
  const entry: Entry = { kind: 'command', index: 9, term: 3, data };
  const stored = encodeEntry(entry);
  expect((stored as LongValue).pieces[1]).toBe(data);
  expect(decodeEntry(9, storedEntry(entry))).toEqual(entry);
});

test('a record in another’s place is found', () => {
  const start = { index: 1, term: 1, configuration: { voters: ['1'], learners: [] } };
  expect(() => decodePosition('applied', encodePosition('logStart', start))).toThrow('another kind');
  expect(() => decodeEntry(8, storedEntry({ kind: 'noop', index: 7, term: 1 }))).toThrow(
    'log entry 8 is missing: entry 7 is in its place',
  );
  const row = encodeRowValue('1', rowChecksum('node', '/a', '1'));
  expect(readRow('node', '/a', row)).toBe('1');
  expect(() => readRow('node', '/b', row)).toThrow('wrong checksum');
  expect(() => readRow('event', '/a', row)).toThrow('wrong checksum');
});

test('an id that is no 64-bit number is refused when it is written', () => {
  for (const memberId of ['', 'xyz', 'ABC', '10000000000000000', '-1']) {
    expect(() => encodeIdentity({ memberId, clusterId: '1' })).toThrow(RangeError);
  }
});
