/** Files that are not what they should be: nothing of them is changed in silence. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { UsageError } from '../../../src/ctl/arguments';
import { readKeyFile } from '../../../src/ctl/keyFile/readKeyFile';

const HEAD = 'cairn: keys\nversion: 1\nprefix: /app\ndate: x\nkeys:\n';
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-import-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function read(content: string | Buffer): Promise<unknown> {
  const path = join(directory, 'file');
  writeFileSync(path, content);
  return readKeyFile(path, Date.now()).then(
    ({ keys }) => keys,
    (error: unknown) => {
      expect(error).toBeInstanceOf(UsageError);
      return (error as Error).message.slice(path.length);
    },
  );
}

const json = (key: string, value: string): string =>
  `{"cairn":"keys","version":1,"prefix":"/app","date":"x","keys":[{"key":"${key}","value":"${value}"}]}`;

test('bytes that are no UTF-8 are refused, not replaced', async () => {
  const latin1 = Buffer.concat([Buffer.from(`${HEAD}  - key: /a\n    value: caf`), Buffer.from([0xe9, 0x0a])]);
  expect(await read(latin1)).toBe(' is no UTF-8, and keys and values are texts');
});

test.each([
  ['a value', json('/a', 'x\\ud800'), ': keys[0].value has half a character in it, which no member can store'],
  ['a key', json('/a\\udc00', 'x'), ': keys[0].key has half a character in it, which no member can store'],
  ['a key of many parts', json('/a'.repeat(200_000), 'x'), ': keys[0].key has more than 1000 parts'],
])('%s that cannot be stored is told before anything is written', async (_, text, complaint) => {
  expect(await read(text)).toBe(complaint);
});

test.each([
  ['a byte order mark', `\ufeff${json('/a', 'b')}`],
  ['one before YAML', `\ufeff${HEAD}  - key: /a\n    value: b\n`],
  ['line ends of another system', `${HEAD}  - key: /a\n    value: b\n`.replaceAll('\n', '\r\n')],
])('%s does no harm', async (_, text) => {
  expect(await read(text)).toEqual([{ key: '/a', value: 'b' }]);
});

test('a standard input without end is not read for ever', async () => {
  const piece = Buffer.alloc(64 * 1024 * 1024, 'a');
  let given = 0;
  const endless = new Readable({
    read() {
      given += piece.length;
      this.push(piece);
    },
  });
  await expect(readKeyFile('-', 0, endless)).rejects.toThrow(/^- cannot be read: it is longer than \d+ bytes$/);
  expect(given).toBeLessThan(10 * piece.length);
});

test('what is no file is not waited for', async () => {
  await expect(readKeyFile('/dev/zero', 0)).rejects.toThrow('it is a device, expected a file');
  await expect(readKeyFile(directory, 0)).rejects.toThrow('cannot be read');
});
