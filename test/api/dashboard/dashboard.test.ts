/** The dashboard's files, served from what the build left (spec v0-api section 6). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { lazyAssets } from '../../../src/api/dashboard/assets';
import { ask, startUnderTest, type ApiUnderTest } from '../apiUnderTest';

const FILES = { 'index.html': '<p>page</p>', 'main-ABCDEFGH.js': 'run()', 'notes.txt': 'not a file of the page' };

let api: ApiUnderTest;
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dashboard-'));
  for (const [name, text] of Object.entries(FILES)) {
    writeFileSync(join(directory, name), text);
    writeFileSync(join(directory, `${name}.gz`), gzipSync(text));
  }
  const metricsAddresses = [{ host: '127.0.0.1', port: 0 }];
  api = await startUnderTest({ dashboard: lazyAssets(directory), metricsAddresses });
});

afterEach(async () => {
  await api.server.close(100);
  rmSync(directory, { recursive: true });
});

test('the path without a slash leads to the one with it', async () => {
  const { status, headers } = await ask(api.clientPort, 'GET', '/mod/dashboard');
  expect([status, headers['location']]).toEqual([302, '/mod/dashboard/']);
});

test.each(['/mod/dashboard/', '/mod/dashboard/browser', '/mod/dashboard/any/thing', '/mod/dashboard/index.html'])(
  '%s is the page',
  async (path) => {
    const { status, headers, body } = await ask(api.clientPort, 'GET', path);
    expect([status, body, headers['content-type']]).toEqual([200, '<p>page</p>', 'text/html; charset=utf-8']);
    expect(headers['cache-control']).toBe('no-cache');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
  },
);

test('a file is kept by browsers for good, because its name says what is in it', async () => {
  const { status, headers, body } = await ask(api.clientPort, 'GET', '/mod/dashboard/static/main-ABCDEFGH.js');
  expect([status, body, headers['content-type']]).toEqual([200, 'run()', 'text/javascript; charset=utf-8']);
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const again = await ask(api.clientPort, 'GET', '/mod/dashboard/static/main-ABCDEFGH.js', '', {
    'if-none-match': String(headers['etag']),
  });
  expect([again.status, again.body]).toEqual([304, '']);
});

test('it comes compressed to who takes that', async () => {
  const path = `http://127.0.0.1:${api.clientPort}/mod/dashboard/static/main-ABCDEFGH.js`;
  const { headers, length } = await rawSize(path);
  expect(headers).toBe('gzip');
  expect(gunzipSync(length).toString()).toBe('run()');
});

test.each([
  ['gone.js', 'gone.js: File not found\n'],
  ['main-ABCDEFGH.js.gz', 'main-ABCDEFGH.js.gz: File not found\n'],
  ['notes.txt', 'notes.txt: File not found\n'],
  ['...package.json', '...package.json: File not found\n'],
  ['a/b.js', 'a/b.js: File not found\n'],
  ['%3Cscript%3E%0d%0aX%3A1', '<script>??X:1: File not found\n'],
])('%s is no file', async (name, text) => {
  const { status, headers, body } = await ask(api.clientPort, 'GET', `/mod/dashboard/static/${name}`);
  expect([status, headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8']);
  expect(body).toBe(text);
});

test('nothing of it is on the metrics and peer ports, and it is only read', async () => {
  for (const port of [api.server.metricsAddresses[0]!.port, api.peerPort]) {
    expect((await ask(port, 'GET', '/mod/dashboard/')).status).toBe(404);
  }
  expect((await ask(api.clientPort, 'PUT', '/mod/dashboard/', 'x')).status).toBe(405);
});

test('without a build it says how to make one', async () => {
  await api.server.close(100);
  api = await startUnderTest({ dashboard: lazyAssets(join(directory, 'missing')) });
  const { status, body } = await ask(api.clientPort, 'GET', '/mod/dashboard/');
  expect(status).toBe(404);
  expect(body).toContain('npm run build');
});

test('--dashboard=false: there is none', async () => {
  await api.server.close(100);
  api = await startUnderTest({});
  expect((await ask(api.clientPort, 'GET', '/mod/dashboard/')).status).toBe(404);
});

/** As sent: `fetch` would undo the compression. */
async function rawSize(url: string): Promise<{ headers: unknown; length: Buffer }> {
  const { get } = await import('node:http');
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ headers: response.headers['content-encoding'], length: Buffer.concat(chunks) });
      });
    }).on('error', reject);
  });
}
