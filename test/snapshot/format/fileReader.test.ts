import fc from 'fast-check';
import { SnapshotFileReader } from '../../../src/snapshot/format/fileReader';
import { SnapshotFileWriter } from '../../../src/snapshot/format/fileWriter';
import {
  preamble,
  PREAMBLE_BYTES,
  recordHead,
  RecordKind,
  RECORD_HEAD_BYTES,
} from '../../../src/snapshot/format/records';
import { damageOf, fileOf, HEADER, readIn } from '../support/sampleFile';

const CHUNKS = [Buffer.from('first part'), Buffer.alloc(3000, 7), Buffer.from('last')];
const FILE = fileOf(CHUNKS);
const HEADER_END = FILE.indexOf('first part') - RECORD_HEAD_BYTES;
const TOTALS_START = FILE.lastIndexOf('{"chunks"') - RECORD_HEAD_BYTES;

test('what was written is read, in pieces of any size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 500 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 700 }),
      (bodies, pieceBytes) => {
        const chunks = bodies.map((body) => Buffer.from(body));
        expect(readIn(pieceBytes, fileOf(chunks))).toEqual({ header: HEADER, chunks });
      },
    ),
    { numRuns: 50 },
  );
});

test('every flipped bit is found, and the place is named', () => {
  for (let at = 0; at < FILE.length; at += 1) {
    for (const bit of [1, 0x80]) {
      const flipped = Buffer.from(FILE);
      flipped[at]! ^= bit;
      const damage = damageOf(flipped);
      expect(damage.message).toContain(`byte ${damage.at}: `);
      // A length that is too long by little is found where the file ends, and the message says where it began.
      expect(damage.at).toBeLessThanOrEqual(FILE.length);
    }
  }
});

test('the place of a wrong byte is that of its record', () => {
  const flipped = Buffer.from(FILE);
  flipped[FILE.indexOf('last')]! ^= 4;
  const start = FILE.indexOf('last') - RECORD_HEAD_BYTES;
  expect(damageOf(flipped)).toMatchObject({ at: start, message: expect.stringContaining('part 3 of the state') });
});

test('a file that was cut anywhere is refused, with the place where it ends', () => {
  for (let length = 0; length < FILE.length; length += 1) {
    expect(damageOf(FILE.subarray(0, length))).toMatchObject({
      at: length,
      message: expect.stringContaining('ends here'),
    });
  }
});

test('what follows the end is refused', () => {
  expect(damageOf(Buffer.concat([FILE, Buffer.from('x')]))).toMatchObject({ at: FILE.length });
});

test('parts that changed places, were left out or doubled are found, although each is whole', () => {
  const [one, two] = [fileOf([CHUNKS[0]!, CHUNKS[2]!]), fileOf([CHUNKS[2]!, CHUNKS[0]!])];
  const start = one.indexOf('first part') - RECORD_HEAD_BYTES;
  const end = one.lastIndexOf('{"chunks"') - RECORD_HEAD_BYTES;
  const moved = Buffer.concat([two.subarray(0, end), one.subarray(end)]);
  expect(damageOf(moved)).toMatchObject({ at: end + RECORD_HEAD_BYTES, message: expect.stringContaining('moved') });
  const first = one.subarray(start, start + RECORD_HEAD_BYTES + 10);
  const without = Buffer.concat([one.subarray(0, start), one.subarray(start + first.length)]);
  expect(damageOf(without).message).toContain('the totals name 2 parts');
  const doubled = Buffer.concat([one.subarray(0, start), first, one.subarray(start)]);
  expect(damageOf(doubled).message).toContain('before them are 3');
});

test('a header from another file is found', () => {
  const other = fileOf(CHUNKS, { ...HEADER, index: 21 });
  expect(other).toHaveLength(FILE.length);
  const mixed = Buffer.concat([other.subarray(0, HEADER_END), FILE.subarray(HEADER_END)]);
  expect(damageOf(mixed)).toMatchObject({ at: TOTALS_START + RECORD_HEAD_BYTES });
});

test('a huge length is refused before anything is kept for it', () => {
  const head = Buffer.alloc(RECORD_HEAD_BYTES, 0xff);
  head[4] = RecordKind.header;
  const file = Buffer.concat([preamble(), head]);
  expect(damageOf(file)).toMatchObject({ at: PREAMBLE_BYTES, message: expect.stringContaining('4294967295 bytes') });
});

test('a part of the largest length that never comes takes no memory', () => {
  const head = Buffer.alloc(RECORD_HEAD_BYTES);
  head.writeUInt32BE(40 * 1024 * 1024);
  head[4] = RecordKind.chunk;
  const reader = new SnapshotFileReader();
  for (const piece of new SnapshotFileWriter().begin(HEADER)) reader.push(piece);
  const before = process.memoryUsage().arrayBuffers;
  reader.push(head);
  for (let count = 0; count < 1000; count += 1) reader.push(Buffer.of(1));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
});

test.each([
  ['an empty file', Buffer.alloc(0), 'ends here'],
  ['something else', Buffer.from('PK\x03\x04 this is no snapshot'), 'no snapshot of Cairn'],
  ['a newer version', Buffer.concat([preamble().subarray(0, -1), Buffer.of(2, 0)]), 'use the newer program'],
  [
    'no header',
    Buffer.concat([preamble(), recordHead(RecordKind.chunk, Buffer.of(1)), Buffer.of(1)]),
    'not where it belongs',
  ],
  ['a header that is none', headerOnly('{"clusterId":"zz"}'), 'does not say what a header says'],
  ['a header that is no JSON', headerOnly('{'.repeat(1000)), 'does not say what a header says'],
  ['a negative index', headerOnly(JSON.stringify({ ...HEADER, index: -1 })), 'does not say what a header says'],
  [
    'a date that no calendar has',
    headerOnly(JSON.stringify({ ...HEADER, takenAtMs: 8.64e15 + 1 })),
    'does not say what a header says',
  ],
  ['a record of no kind', Buffer.concat([preamble(), Buffer.alloc(RECORD_HEAD_BYTES, 9)]), 'no record of kind 9'],
])('%s', (_, file, text) => {
  expect(damageOf(file).message).toContain(text);
});

function headerOnly(json: string): Buffer {
  const body = Buffer.from(json);
  return Buffer.concat([preamble(), recordHead(RecordKind.header, body), body]);
}

test('what is too long for a file is not written into it', () => {
  const file = new SnapshotFileWriter();
  expect(() => file.begin({ ...HEADER, memberName: 'x'.repeat(2 ** 20) })).toThrow(RangeError);
});
