import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { argumentsAsGiven, bytesOfText, textOfBytes } from '../../../src/ctl/etcdctl/byteText';
import { goJson, queryEscape } from '../../../src/ctl/etcdctl/goText';

describe('bytes as text', () => {
  it('gives back what it got', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesOfText(textOfBytes(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(textOfBytes(Buffer.from(text))).toBe(text);
      }),
    );
  });

  it('sends the bytes, and shows in JSON that they are none of UTF-8', () => {
    const text = textOfBytes(Buffer.from([0x61, 0xff, 0xc3]));
    expect(queryEscape(text)).toBe('a%FF%C3');
    expect(goJson(text)).toBe('"a\ufffd\ufffd"');
  });
});

describe('arguments that are no UTF-8', () => {
  it('are read where Linux has them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cairn-arguments-'));
    const file = join(folder, 'cmdline');
    writeFileSync(file, Buffer.from('node\0cairnctl\0set\0/k\0a\xff\0', 'latin1'));
    const given = argumentsAsGiven(['set', '/k', 'a\ufffd'], file);
    expect(given.map(bytesOfText)).toEqual(['set', '/k', 'a\xff'].map((text) => Buffer.from(text, 'latin1')));
    rmSync(folder, { recursive: true });
  });

  it('stay as they are where it does not', () => {
    expect(argumentsAsGiven(['a\ufffd'], '/nowhere/cmdline')).toEqual(['a\ufffd']);
  });
});
