import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mirrorMetrics } from '../../src/mirror/metrics';
import { serveMetrics } from '../../src/mirror/metricsServer';
import { MirrorStatus } from '../../src/mirror/status';

let status: MirrorStatus;
let server: Server;
beforeEach(async () => {
  status = new MirrorStatus(false);
  server = await serveMetrics(status, { host: '127.0.0.1', port: 0 });
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

async function ask(path: string, method = 'GET'): Promise<[number, string]> {
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method });
  return [answer.status, await answer.text()];
}

test('every metric of the table is told with its meaning, and is what the status says now', async () => {
  expect((await ask('/metrics'))[1]).toContain('\ncairn_mirror_ready 0\n');
  status.state = { index: 7, keys: 2, bytes: 30, digest: 'x' };
  status.isFresh = true;
  status.counts.written = 3;
  for (const time of [1, 2]) {
    const [code, text] = await ask('/metrics');
    expect([time, code]).toEqual([time, 200]);
    for (const { name, type, help } of mirrorMetrics)
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} `);
    for (const line of ['ready 1', 'fresh 1', 'index 7', 'keys 2', 'bytes 30', 'writes_total 3', 'lists_total 0'])
      expect(text).toContain(`\ncairn_mirror_${line}\n`);
  }
});

test('it is ready when programs may read, and alive from the start', async () => {
  expect((await ask('/livez'))[0]).toBe(200);
  expect(await ask('/readyz')).toEqual([503, 'nothing was written yet that may be read\n']);
  status.state = { index: 1, keys: 0, bytes: 0, digest: 'x' };
  expect(await ask('/readyz?verbose')).toEqual([200, 'ok\n']);
});

test('nothing else is served', async () => {
  expect((await ask('/'))[0]).toBe(404);
  expect((await ask('/metrics', 'POST'))[0]).toBe(405);
});

test('docs/mirror.md has all of them', () => {
  const page = readFileSync(join(__dirname, '../../docs/mirror.md'), 'utf8').replace(/ +/g, ' ');
  for (const { name, help } of mirrorMetrics) expect(page).toContain(`| \`${name}\` | ${help} |`);
});
