import { SnapshotContents } from '../../src/snapshot/contents';
import { encodeEndChunk, encodeRowsChunk, type StoredRow } from '../../src/storage/stateChunk';

const row = (key: string, table: StoredRow['table'] = 'node'): StoredRow => ({ table, key, value: 'v' });
const ROWS = [row('1', 'event'), row('/a'), row('/b'), row('', 'meta')];
const TOTALS = { chunks: 3, chunkBytes: 1, rows: 4, keys: 2, sha256: '' };

function read(chunks: readonly Uint8Array[], totals = TOTALS): string {
  const contents = new SnapshotContents();
  try {
    chunks.forEach((chunk, at) => {
      contents.add(chunk, at);
    });
    contents.finish(totals, 99);
    return 'well';
  } catch (error) {
    return String(error);
  }
}

const [FIRST, SECOND, END] = [
  encodeRowsChunk(0, ROWS.slice(0, 2)),
  encodeRowsChunk(1, ROWS.slice(2)),
  encodeEndChunk(2, 4),
];

test.each([
  ['all of it', [FIRST, SECOND, END], 'well'],
  ['a part twice', [FIRST, FIRST, END], 'byte 1: part 0 of the state is where part 1 belongs'],
  ['a part too few', [FIRST, END], 'byte 1: part 2 of the state is where part 1 belongs'],
  ['no end', [FIRST, SECOND], 'byte 99: the end of the state is missing'],
  ['more behind the end', [FIRST, SECOND, END, encodeEndChunk(3, 4)], 'byte 3: the state goes on behind its end'],
  ['another number of rows', [FIRST, SECOND, encodeEndChunk(2, 5)], 'byte 2: the state names 5 rows, but 4 are there'],
  [
    'a key twice',
    [FIRST, encodeRowsChunk(1, ROWS.slice(1)), encodeEndChunk(2, 5)],
    'byte 1: the rows of the state are not in order',
  ],
  ['something else', [Buffer.from('something else')], 'byte 0: this part of the state cannot be read'],
  ['nothing', [Buffer.alloc(0)], 'byte 0: this part of the state cannot be read'],
])('%s', (_, chunks, expected) => {
  expect(read(chunks)).toContain(expected);
});

test('totals that are those of another state', () => {
  expect(read([FIRST, SECOND, END], { ...TOTALS, keys: 3 })).toContain('name 4 rows and 3 keys, but there are 4 and 2');
  expect(read([FIRST, SECOND, END], { ...TOTALS, rows: 3 })).toContain('name 3 rows');
});
