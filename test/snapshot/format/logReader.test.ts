import { logBeginning, logEntry, logMark } from '../../../src/snapshot/format/logWriter';
import { LOG_HEAD_BYTES, LogRecordKind, logRecordHead } from '../../../src/snapshot/format/logRecords';
import { LogReader } from '../../../src/snapshot/format/logReader';
import { heldBytes } from '../../support/heldMemory';
import { damageOfLog, LOG_HEADER, MARK, readLogIn } from '../support/sampleLog';

const BEGINNING = Buffer.concat(logBeginning(LOG_HEADER));
const ENTRIES = ['one', 'two', 'x'.repeat(300)].map((text) => Buffer.concat(logEntry(Buffer.from(text))));
const LOG = Buffer.concat([BEGINNING, ENTRIES[0]!, ENTRIES[1]!, ...logMark(MARK), ENTRIES[2]!]);

test.each([1, 2, 13, 64, 1000])('what was written is read, in pieces of %d bytes', (pieceBytes) => {
  const { header, entries, marks, places, torn } = readLogIn(pieceBytes, LOG);
  expect([header, marks, torn]).toEqual([LOG_HEADER, [MARK], undefined]);
  expect(entries).toEqual(['one', 'two', 'x'.repeat(300)]);
  expect(places.slice(0, 3)).toEqual([0, BEGINNING.length, BEGINNING.length + ENTRIES[0]!.length]);
});

test('cut at any byte, it is what was whole before, and says where it is torn', () => {
  for (let length = 0; length < LOG.length; length += 1) {
    const { entries, places, torn } = readLogIn(LOG.length, LOG.subarray(0, length));
    const ends = [...readLogIn(LOG.length, LOG).places.slice(1), LOG.length];
    const whole = ends.filter((end) => end <= length);
    expect(places.length).toBe(whole.length);
    const at = whole.at(-1) ?? 0;
    expect(torn).toEqual(at === length && at > 0 ? undefined : { at, bytes: length - at });
    expect(entries.length).toBeLessThanOrEqual(3);
  }
});

test('any changed bit is damage with its place, and never only a torn end', () => {
  for (let at = 0; at < LOG.length; at += 1) {
    for (const bit of [1, 128]) {
      const flipped = Buffer.from(LOG);
      flipped[at]! ^= bit;
      const damage = damageOfLog(flipped);
      expect([at, damage?.message]).toEqual([at, expect.stringMatching(/^byte \d+: /)]);
      expect(damage!.at).toBeLessThanOrEqual(at);
    }
  }
});

test('an entry that comes a byte at a time takes no more memory than it is long', async () => {
  const nothing = (): void => undefined;
  const reader = new LogReader({ header: nothing, entry: nothing, mark: nothing });
  const entry = Buffer.alloc(1024 * 1024);
  const [head, body] = logEntry(entry);
  reader.push(BEGINNING);
  reader.push(head!);
  const before = await heldBytes();
  for (let at = 0; at < body!.length - 1; at += 1) reader.push(body!.subarray(at, at + 1));
  expect((await heldBytes()) - before).toBeLessThan(8 * 1024 * 1024);
  expect(reader.finish()).toMatchObject({ at: BEGINNING.length });
});

test('zeros up to the end are what a crash of the machine left; before something else they are damage', () => {
  for (const zeros of [1, LOG_HEAD_BYTES, 5000]) {
    const { torn, entries } = readLogIn(77, Buffer.concat([LOG, Buffer.alloc(zeros)]));
    expect([torn, entries.length]).toEqual([{ at: LOG.length, bytes: zeros }, 3]);
  }
  expect(readLogIn(9, Buffer.alloc(4096)).torn).toEqual({ at: 0, bytes: 4096 });
  expect(damageOfLog(Buffer.concat([LOG, Buffer.alloc(100), ENTRIES[0]!]))?.message).toContain('zeros');
});

test.each([
  ['nothing of it', Buffer.from('<html>'.repeat(9)), 'no log of Cairn'],
  ['a later version', Buffer.concat([BEGINNING.subarray(0, 13), Buffer.from([0, 9])]), 'version 9'],
  ['no header', Buffer.concat([BEGINNING.subarray(0, 15), ENTRIES[0]!]), 'an entry is not where it belongs'],
  ['two headers', Buffer.concat([BEGINNING, BEGINNING.subarray(15)]), 'the header is not where it belongs'],
  ['an empty entry', Buffer.concat([BEGINNING, logRecordHead(LogRecordKind.entry, Buffer.alloc(0))]), 'of 0 bytes'],
  [
    'a kind that is none',
    Buffer.concat([BEGINNING, logRecordHead(9 as never, Buffer.alloc(0))]),
    'no record of kind 9',
  ],
  [
    'a header that is none',
    Buffer.concat([BEGINNING.subarray(0, 15), logRecordHead(1, Buffer.from('{}')), Buffer.from('{}')]),
    'does not say',
  ],
  [
    'a mark that is none',
    Buffer.concat([LOG, logRecordHead(3, Buffer.from('[1]')), Buffer.from('[1]')]),
    'does not say',
  ],
  ...['{"dateMs":8640000000000001}', '{"dateMs":-1}'].map((wrong): [string, Buffer, string] => {
    const mark = Buffer.from(JSON.stringify({ ...MARK, ...(JSON.parse(wrong) as object) }));
    return [
      `a date that no calendar has, ${wrong},`,
      Buffer.concat([LOG, logRecordHead(3, mark), mark]),
      'does not say',
    ];
  }),
])('%s is refused', (_, log, words) => {
  expect(damageOfLog(log)?.message).toContain(words);
});
