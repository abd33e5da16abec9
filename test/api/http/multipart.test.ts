import { parseMultipart } from '../../../src/api/http/multipart';
import { turnsDuring } from '../../support/turns';

const TYPE = 'multipart/form-data; boundary=x';
const WANTED = new Set(['value', 'ttl']);

function part(name: string, value: string, extra = '', headers = ''): string {
  return `--x\r\nContent-Disposition: form-data; name="${name}"${extra}\r\n${headers}\r\n${value}\r\n`;
}

async function parse(body: string): Promise<Record<string, string>> {
  const { form, complaint } = await parseMultipart(TYPE, Buffer.from(body, 'latin1'), WANTED);
  expect(complaint).toBeUndefined();
  return Object.fromEntries(form);
}

test('parts become values, the first of a name counts, unknown ones are dropped', async () => {
  const body = `${part('value', 'a')}${part('value', 'b')}${part('ttl', '5')}${part('other', 'c')}--x--\r\n`;
  expect(await parse(body)).toEqual({ value: 'a', ttl: '5' });
});

test('bytes stay bytes', async () => {
  expect(await parse(`${part('value', '\xff\x00\xc3\xa9\r\n.')}--x--\r\n`)).toEqual({ value: '\xff\x00\xc3\xa9\r\n.' });
});

test('a part with a file name counts as its content', async () => {
  const file = part('value', '\xff\xc3\xa9', '; filename="f.bin"', 'Content-Type: application/octet-stream\r\n');
  expect(await parse(`${file}--x--\r\n`)).toEqual({ value: '\xff\xc3\xa9' });
});

test('a part that names a charset keeps its bytes too', async () => {
  const text = part('value', 'caf\xc3\xa9', '', 'Content-Type: text/plain; charset=UTF-8\r\n');
  const file = part('ttl', '\xc3\xa9', '; filename="f"', 'Content-Type: text/plain; charset=UTF-8\r\n');
  expect(await parse(`${text}${file}--x--\r\n`)).toEqual({ value: 'caf\xc3\xa9', ttl: '\xc3\xa9' });
});

test('a large part is whole', async () => {
  const value = 'v'.repeat(3_000_000);
  expect((await parse(`${part('value', value)}--x--\r\n`))['value']).toHaveLength(value.length);
});

test.each([
  ['cut off', TYPE, part('value', 'a')],
  ['cut off in a file', TYPE, part('value', 'a', '; filename="f"').slice(0, -2)],
  ['without a boundary', 'multipart/form-data', ''],
  ['with a broken header', TYPE, '--x\r\nbroken header\r\n\r\nv\r\n--x--\r\n'],
  ['of too many parts', TYPE, `${part('value', 'a').repeat(1001)}--x--\r\n`],
])('a body %s is refused', async (_what, type, body) => {
  const parsed = await parseMultipart(type, Buffer.from(body, 'latin1'), WANTED);
  expect(parsed.complaint).toMatch(/^multipart: /);
  expect(parsed.form.size).toBe(0);
});

test('a large part is parsed, and then looked through for a charset, a piece in a turn of the event loop', async () => {
  const pieces = 16;
  const value = 'x'.repeat(pieces * 256 * 1024);
  const turns = await turnsDuring(async () => {
    expect((await parse(`${part('value', value)}--x--\r\n`))['value']).toHaveLength(value.length);
  });
  expect(turns).toBeGreaterThanOrEqual(2 * pieces);
});

test('a charset that nobody knows is a complaint in our words', async () => {
  const odd = part('value', 'a', '', 'Content-Type: text/plain; charset=nope\r\n');
  const { complaint } = await parseMultipart(TYPE, Buffer.from(`${odd}--x--\r\n`, 'latin1'), WANTED);
  expect(complaint).toBe('multipart: a part cannot be decoded; its charset is not known');
});
