/** What lies on a disk that may be damaged, and what is sent of a state. */
import { DecodeError } from '../../src/machine/bytes';
import { Machine } from '../../src/machine/machine';
import { FeatureLevelError } from '../../src/machine/features';
import { ROW_TABLES, rowChecksum, type RowTable } from '../../src/machine/rows';
import { decodeEntry } from '../../src/storage/entryCodec';
import { StorageError } from '../../src/storage/errors';
import { readLog } from '../../src/storage/logFormat';
import * as records from '../../src/storage/recordCodec';
import { seal } from '../../src/storage/seal';
import { decodeChunk, encodeEndChunk, encodeRowsChunk } from '../../src/storage/stateChunk';
import { MEMBER, realBatches, realEntries, realLog, realRows, type PlainRow } from './realState';
import { only, texts, type Target } from './target';

const TABLES = Object.keys(ROW_TABLES) as RowTable[];

/** The rows of a state with something of everything, and some of kinds that were never written so. */
const ROWS: readonly PlainRow[] = [
  ...realRows(),
  { table: 'member', key: '1f', value: '{"removed":true}' },
  { table: 'meta', key: 'zunknown', value: '\u0001abc' },
];

/** A stored row as the input of a target: table, key and value, with a line end between. */
function bytesOfRow({ table, key, value }: PlainRow): Buffer {
  return Buffer.from(`${String.fromCharCode(TABLES.indexOf(table))}${key}\n${value}`, 'latin1');
}

function rowOfBytes(bytes: Buffer): PlainRow {
  const [key = '', ...rest] = bytes.latin1Slice(1).split('\n');
  return { table: TABLES[(bytes[0] ?? 0) % TABLES.length] ?? 'node', key, value: rest.join('\n') };
}

/** A machine that begins with these rows, their checksums right: what a member does with its disk, and what it says of it afterwards. */
function loadAll(rows: readonly PlainRow[]): void {
  const machine = new Machine(100);
  for (const table of TABLES) {
    const latest = new Map(rows.filter((row) => row.table === table).map(({ key, value }) => [key, value]));
    const sorted = [...latest].sort(([one], [other]) => (one < other ? -1 : 1));
    machine.loadRows({
      table,
      keys: sorted.map(([key]) => key),
      values: sorted.map(([, value]) => value),
      checksums: sorted.map(([key, value]) => rowChecksum(table, key, value)),
    });
  }
  machine.loaded();
  machine.digest();
  machine.takeRows();
  for (const damaged = machine.damagedNodes(); damaged.next().done !== true;) continue;
}

function sealed(kind: string, bytes: Buffer): Buffer {
  return bytes.length < 6 ? bytes : seal(kind, Buffer.from(bytes));
}

const chunk = encodeRowsChunk(1, ROWS);

const READERS: readonly ((bytes: Uint8Array) => unknown)[] = [
  records.decodeIdentity,
  records.decodeFoundation,
  records.decodeHardState,
  (bytes) => records.decodePosition('logStart', bytes),
  (bytes) => records.decodeNumber('run', bytes),
  (bytes) => records.decodeApplied(Buffer.from(bytes).latin1Slice()),
  (bytes) => decodeEntry(1, bytes),
];

export const storageTargets: readonly Target[] = [
  { name: 'state-chunks', seeds: [chunk, encodeEndChunk(2, 9)], run: decodeChunk, expects: only(StorageError) },
  {
    name: 'state-chunks-with-their-checksum',
    seeds: [chunk, encodeEndChunk(2, 9)],
    run: (bytes) => decodeChunk(sealed(String.fromCharCode(bytes[5] ?? 0), bytes)),
    expects: only(StorageError),
  },
  {
    name: 'stored-records',
    seeds: [
      ...realEntries(),
      records.encodeHardState({ term: 3, votedFor: '1f', commit: 2 }),
      ...texts('1f', '\0\0\0\0\0\0'),
    ],
    run: (bytes) => {
      for (const read of READERS) {
        for (const given of [bytes, sealed(String.fromCharCode(bytes[5] ?? 0), bytes)]) {
          try {
            read(given);
          } catch (error) {
            if (!(error instanceof StorageError)) throw error;
          }
        }
      }
    },
    expects: only(StorageError),
  },
  {
    name: 'stored-rows',
    seeds: ROWS.map(bytesOfRow),
    run: (bytes) => {
      const { table, key, value } = rowOfBytes(bytes);
      const machine = new Machine(100);
      machine.loadRows({ table, keys: [key], values: [value], checksums: [rowChecksum(table, key, value)] });
    },
    expects: only(DecodeError, FeatureLevelError),
  },
  {
    // One row of a whole state is another one, or there is one more.
    name: 'stored-states',
    seeds: ROWS.map(bytesOfRow),
    run: (bytes) => {
      loadAll([...ROWS.slice(0, -2), rowOfBytes(bytes)]);
    },
    expects: only(DecodeError, FeatureLevelError),
  },
  {
    name: 'command-entries',
    seeds: realBatches(),
    run: (bytes) => {
      const machine = new Machine(100);
      machine.bootstrap([{ id: MEMBER, peerURLs: ['http://a:2380'] }]);
      machine.apply(bytes);
      machine.apply(bytes);
      machine.takeRows();
    },
    expects: only(FeatureLevelError),
  },
  {
    name: 'write-ahead-log',
    seeds: [
      realLog(),
      realLog().subarray(0, -3),
      Buffer.alloc(64),
      Buffer.concat([Buffer.from([1, 2, 3, 4, 5, 0, 1]), Buffer.from('hello'), Buffer.alloc(30)]),
    ],
    run: (bytes) => {
      const file = { size: bytes.length, read: (at: number, count: number) => bytes.subarray(at, at + count) };
      readLog(file, { onPayload: () => undefined, onDamage: () => undefined });
    },
    expects: () => false,
  },
];
