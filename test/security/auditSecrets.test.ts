/** The audit log of a whole member: each change is in it, no value and no password is, and a disk that fails stops nobody. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditFile } from '../../src/app/auditFile';
import { ask } from '../api/apiUnderTest';
import { until } from '../cluster/waiting';
import { startInProcess } from '../support/inProcess';

const SECRETS = [
  'value-of-a-form',
  'value-in-a-query',
  'value-that-was',
  'the-password',
  'dGhlLXVzZXI6dGhlLXBhc3N3b3Jk',
];

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-audit-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('what was changed is there, and no secret', async () => {
  const path = join(directory, 'audit.json');
  const server = await startInProcess('all', [`--audit-log=${path}`]);
  const basic = { authorization: 'Basic dGhlLXVzZXI6dGhlLXBhc3N3b3Jk' };
  const put = (target: string, body: string) => ask(server.port, 'PUT', target, body, basic);
  while ((await put('/v2/keys/a', 'value=value-of-a-form')).status >= 500) continue;
  await put('/v2/keys/b?value=value-in-a-query&prevExist=false', '');
  await put('/v2/keys/a?prevValue=value-that-was', 'value=value-of-a-form');
  await put('/v2/auth/users/the-user', '{"user":"the-user","password":"the-password"}');
  await ask(server.port, 'POST', '/v2/keys/queue', 'value=value-of-a-form', basic);
  await ask(server.port, 'DELETE', '/v2/keys/b', undefined, basic);
  await ask(server.port, 'GET', '/v2/keys/a?quorum=true', undefined, basic);
  await server.stop();
  const text = readFileSync(path, 'utf8');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const done = lines.filter(({ key, status }) => key !== undefined && Number(status) < 500);
  expect(done.map(({ method, key, status }) => `${String(method)} ${String(key)} ${String(status)}`)).toEqual([
    'PUT /a 201',
    'PUT /b 201',
    'PUT /a 412',
    'POST /queue 201',
    'DELETE /b 200',
  ]);
  expect(done.every(({ index }) => Number(index) > 0)).toBe(true);
  for (const secret of SECRETS) expect(text).not.toContain(secret);
});

test('a disk that takes no line costs lines, which are counted, and nothing else', async () => {
  const troubles: string[] = [];
  const file = await AuditFile.open({
    path: join(directory, 'audit.json'),
    monotonicMs: () => 0,
    onTrouble: (reason) => troubles.push(reason),
  });
  // As if the disk were full: the descriptor takes nothing.
  const handle = (file as unknown as { file: { appendFile: (text: string) => Promise<void> } }).file;
  const appendFile = handle.appendFile.bind(handle);
  let isFull = true;
  handle.appendFile = (text) =>
    isFull ? Promise.reject(new Error('ENOSPC: no space left on device')) : appendFile(text);
  for (let n = 0; n < 10; n++) file.write(`lost ${n}\n`);
  await until('all are lost', 60_000, () => file.droppedLines === 10);
  expect([file.droppedLines, troubles]).toEqual([10, ['ENOSPC: no space left on device']]);
  isFull = false;
  file.write('kept\n');
  await file.close();
  // It begins a line of its own, whatever was left of the others.
  expect(readFileSync(join(directory, 'audit.json'), 'utf8')).toBe('\nkept\n');
});
