import { deflateRawSync } from 'node:zlib';

const { entryOf } = jest.requireActual<{ entryOf: (zip: Buffer, name: string) => Buffer }>(
  '../../scripts/chart/zip.js',
);

/** An archive with these files, as APPNOTE.TXT describes it; only the fields that are read are filled in. */
function archive(files: readonly { name: string; content: Buffer; method: 0 | 8 | 9 }[]): Buffer {
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, content, method } of files) {
    const packed = method === 8 ? deflateRawSync(content) : content;
    const local = Buffer.alloc(30);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(4, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    const body = Buffer.concat([local, Buffer.from(name), Buffer.alloc(4), packed]);
    offset += body.length;
    bodies.push(body);
    entries.push(Buffer.concat([entry, Buffer.from(name)]));
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...entries, end]);
}

describe('a file out of a zip archive', () => {
  const text = Buffer.from('some text some text some text');
  const zip = archive([
    { name: 'stored', content: text, method: 0 },
    { name: 'a/packed', content: text, method: 8 },
    { name: 'odd', content: text, method: 9 },
  ]);

  it.each(['stored', 'a/packed'])('%s', (name) => {
    expect(entryOf(zip, name)).toEqual(text);
  });

  it('says what is wrong', () => {
    expect(() => entryOf(zip, 'absent')).toThrow('has no absent');
    expect(() => entryOf(zip, 'odd')).toThrow('packed in a way (9)');
    expect(() => entryOf(Buffer.from('no archive at all, for sure'), 'x')).toThrow('no zip archive');
  });
});
