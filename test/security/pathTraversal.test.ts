/** Path traversal (CWE-22): no key and no path is a file, and no spelling of one gets out of where it belongs. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ask, sendRaw } from '../api/apiUnderTest';
import { startInProcess, type InProcess } from '../support/inProcess';

const UP = [
  '..',
  '%2e%2e',
  '%2E.',
  '..%2f..',
  '%2e%2e%2f',
  '..%5c..',
  '%c0%ae%c0%ae',
  '....//',
  '..;',
  '%252e%252e',
  '..%00',
];

let server: InProcess;
let dataDir: string;

beforeAll(async () => {
  server = await startInProcess('all');
  dataDir = server.setting.configuration.dataDir;
});

afterAll(async () => {
  await server.stop();
});

test.each(UP)('%s in a path reaches no file', async (up) => {
  for (const path of [
    `/${up}/${up}/${up}/${up}/etc/passwd`,
    `/v2/${up}/${up}/${up}/etc/passwd`,
    `/debug/${up}/${up}/${up}/proc/self/environ`,
    `/v2/keys/${up}/${up}/${up}/${up}/etc/passwd`,
    `//${up}//etc/passwd`,
    `/mod/${up}/${up}/${up}/etc/passwd`,
    `/mod/dashboard/${up}/${up}/${up}/${up}/${up}/${up}/etc/passwd`,
    `/mod/dashboard/static/${up}/${up}/${up}/${up}/package.json`,
  ]) {
    const text = await sendRaw(server.port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    // A path below the dashboard that is no file is its page.
    const isPage = path.startsWith('/mod/dashboard/') && text.includes('<title>Cairn dashboard</title>');
    if (!isPage) expect([path, text.slice(0, 12)]).toEqual([path, expect.stringMatching(/^HTTP\/1\.1 [34]/)]);
    expect(text).not.toMatch(/root:|PATH=|"dependencies"/);
  }
});

test('a key may be called like any file, and makes none', async () => {
  const before = filesBeside(dataDir);
  for (const name of [
    ...UP,
    '..%2F..%2Fevil',
    '%2Ftmp%2Fevil',
    'C:%5Cevil',
    'con',
    'a%00b',
    '.',
    '~',
    '$HOME',
    '|evil',
  ]) {
    for (const tail of ['', '/evil']) await ask(server.port, 'PUT', `/v2/keys/t/${name}${tail}`, 'value=evil');
  }
  expect(filesBeside(dataDir)).toEqual(before);
  expect(existsSync('/tmp/evil')).toBe(false);
});

test('cleaned paths stay below the root of the keys', async () => {
  await ask(server.port, 'PUT', '/v2/keys/in/side', 'value=1');
  for (const path of [
    '/v2/keys/in/x/../side',
    '/v2/keys/../keys/in/side',
    '/v2/keys/in//side',
    '/v2/keys/./in/%2e/side',
  ]) {
    const text = await sendRaw(server.port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    expect([path, text.slice(0, 12)]).toEqual([path, 'HTTP/1.1 200']);
  }
  // Out of the keys is another route, which asks for its own right; and the top has no directory above it.
  const { body } = await ask(server.port, 'GET', '/v2/keys/../../version');
  expect(body).toContain('etcdserver');
});

/** All that lies beside the data directory and right inside it. */
function filesBeside(directory: string): readonly string[] {
  return [...readdirSync(join(directory, '..')), ...readdirSync(directory)].sort();
}
