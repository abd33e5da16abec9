/** What lies on a disk that may be damaged, and what is sent of a state. */
import { DecodeError } from '../../src/machine/bytes';
import { Machine } from '../../src/machine/machine';
import { ROW_TABLES, rowChecksum, type RowTable } from '../../src/machine/rows';
import { decodeEntry, encodeEntry } from '../../src/storage/entryCodec';
import { StorageError } from '../../src/storage/errors';
import { readLog } from '../../src/storage/logFormat';
import * as records from '../../src/storage/recordCodec';
import { seal } from '../../src/storage/seal';
import { decodeChunk, encodeEndChunk, encodeRowsChunk } from '../../src/storage/stateChunk';
import { only, texts, type Target } from './target';

const TABLES = Object.keys(ROW_TABLES) as RowTable[];

/** The state of a machine with something of everything, one stored row each: table, key and value, with line ends between. */
const ROWS: readonly (readonly [RowTable, string, string])[] = [
  ['node', '/a', '1000001000001value'],
  ['event', '000001', '1x'],
  ['member', '1f', '{"removed":false,"id":"1f","name":"a","peerURLs":["http://a:1"],"clientURLs":[],"learner":false}'],
  ['member', '1f', '{"removed":true}'],
  ['meta', '', '{"level":1}'],
  ['meta', 'uroot', '\u0001abc'],
];

function sealed(kind: string, bytes: Buffer): Buffer {
  return bytes.length < 6 ? bytes : seal(kind, Buffer.from(bytes));
}

const chunk = encodeRowsChunk(
  1,
  ROWS.map(([table, key, value]) => ({ table, key, value })),
);
const entry = encodeEntry({ kind: 'command', index: 1, term: 2, data: Buffer.from('data') }) as Buffer;

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
    seeds: [entry, records.encodeHardState({ term: 3, votedFor: '1f', commit: 2 }), ...texts('1f', '\0\0\0\0\0\0')],
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
    seeds: ROWS.map(([table, key, value]) =>
      Buffer.from(`${String.fromCharCode(TABLES.indexOf(table))}${key}\n${value}`, 'latin1'),
    ),
    run: (bytes) => {
      const table = TABLES[(bytes[0] ?? 0) % TABLES.length] ?? 'node';
      const [key = '', ...rest] = bytes.latin1Slice(1).split('\n');
      const value = rest.join('\n');
      const machine = new Machine({ historyLength: 100 } as never);
      machine.loadRows({ table, keys: [key], values: [value], checksums: [rowChecksum(table, key, value)] });
    },
    expects: only(DecodeError),
  },
  {
    name: 'write-ahead-log',
    seeds: [
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
