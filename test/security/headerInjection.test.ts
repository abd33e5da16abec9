/** CRLF injection (CWE-93, CWE-113): line ends in what somebody sends make no header of an answer and no line of a log or an audit file. */
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, sendRaw, startUnderTest, until, type ApiUnderTest } from '../api/apiUnderTest';
import { startInProcess, type InProcess } from '../support/inProcess';
import { startProxyUnderTest } from '../proxy/proxyUnderTest';

/** As they come in URLs and forms; each with something that would be a header. */
const ENDS = ['%0d%0a', '%0a', '%0d', '%0D%0A%20', '%e5%98%8a%e5%98%8d', '%c2%85', '%e2%80%a8', '%00', '%0b', '%0c'];
const INJECTED = 'X-Injected:%20yes';

let server: InProcess;
const auditFile = join(tmpdir(), `cairn-injection-${process.pid}.log`);

beforeAll(async () => {
  server = await startInProcess('all', [`--audit-log=${auditFile}`, '--cors=http://good.example']);
});

afterAll(async () => {
  await server.stop();
  rmSync(auditFile, { force: true });
});

/** The head of an answer, as it was sent. */
async function headOf(method: string, target: string, headers = '', body = ''): Promise<string> {
  const length =
    body === '' ? '' : `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n`;
  const text = await sendRaw(
    server.port,
    `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${headers}${length}\r\n${body}`,
  );
  expect(text.match(/HTTP\/1\.1 \d{3} /g)).toHaveLength(1);
  return text.slice(0, text.indexOf('\r\n\r\n'));
}

function expectClean(head: string): void {
  expect(head).toMatch(/^HTTP\/1\.1 \d{3} /);
  for (const line of head.split('\r\n').slice(1)) expect(line).toMatch(/^[A-Za-z-]+: [\x20-\x7e]*$/);
  expect(head).not.toMatch(/X-Injected/i);
}

describe.each(ENDS)('with %s', (end) => {
  test('in a key, a value, a parameter or a path no header comes of it', async () => {
    const evil = `a${end}${INJECTED}${end}${end}b`;
    for (const [method, target, body] of [
      ['PUT', `/v2/keys/${evil}`, `value=${evil}`],
      ['GET', `/v2/keys/${evil}`, ''],
      ['GET', `/v2/keys/${evil}?wait=${evil}`, ''],
      ['PUT', `/v2/keys/x?prevValue=${evil}`, 'value=1'],
      ['PUT', `/v2/keys/x?ttl=${evil}`, 'value=1'],
      ['POST', `/v2/keys/${evil}`, `value=${evil}`],
      ['DELETE', `/v2/keys/${evil}?recursive=true`, ''],
      ['GET', `/${evil}`, ''],
      ['GET', `/v2/auth/users/${evil}`, ''],
      ['DELETE', `/v2/members/${evil}`, ''],
      ['GET', `/new?size=${evil}`, ''],
      ['PUT', `/v2/auth/roles/${evil}`, ''],
    ] as const) {
      expectClean(await headOf(method, target, '', body));
    }
  });
});

test('JSON keeps line ends inside its texts', async () => {
  const { body } = await ask(server.port, 'PUT', '/v2/keys/in%0d%0aside', 'value=a%0d%0ab%00%e2%80%a8');
  expect(body.trimEnd()).not.toMatch(/[\x00-\x1f]/);
  expect(JSON.parse(Buffer.from(body, 'latin1').toString())).toMatchObject({ node: { value: 'a\r\nb\0\u2028' } });
});

test.each([
  'Origin: http://good.example%0d%0aX-Injected: yes',
  'Origin: http://good.example\tX-Injected: yes',
  'Origin: http://good.example, http://evil',
  'Host: 127.0.0.1%0d%0aX-Injected: yes',
])('%s is answered with what is allowed, and nothing of it', async (header) => {
  const isHost = header.startsWith('Host');
  const rest = isHost ? header : `Host: 127.0.0.1\r\n${header}`;
  const text = await sendRaw(server.port, `GET /v2/keys/ HTTP/1.1\r\nConnection: close\r\n${rest}\r\n\r\n`);
  expectClean(text.slice(0, text.indexOf('\r\n\r\n')));
  expect(text).not.toMatch(/Access-Control-Allow-Origin: [^\r]*(,|evil|%)/);
});

test('bytes that look like two headers in one, when they are seen as UTF-16, are none', async () => {
  const head = await headOf('GET', '/v2/keys/\xe5\x98\x8a\xe5\x98\x8dX-Injected:yes', 'X-A: \xe5\x98\x8a\r\n');
  expectClean(head);
});

test('the audit file has a line for each request, whatever is in the key', async () => {
  const before = linesOf(auditFile).length;
  for (const end of ENDS)
    await headOf('PUT', `/v2/keys/audit${end}{"user":"root"}`.replaceAll('"', '%22'), '', 'value=1');
  await until(() => linesOf(auditFile).length >= before + ENDS.length);
  const lines = linesOf(auditFile);
  expect(lines).toHaveLength(before + ENDS.length);
  for (const line of lines) expect(Object.keys(JSON.parse(line) as object)).toContain('time');
  expect(
    lines.map((line) => (JSON.parse(line) as { user?: string }).user).filter((user) => user !== undefined),
  ).toEqual([]);
});

function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

test('a proxy passes on what was meant, in one request', async () => {
  const member: ApiUnderTest = await startUnderTest();
  const proxy = await startProxyUnderTest([`http://127.0.0.1:${member.clientPort}`]);
  for (const end of ENDS) {
    const { headers } = await ask(proxy.port, 'GET', `/v2/keys/a${end}GET%20/v2/keys/smuggled%20HTTP/1.1`, undefined, {
      'x-other': Buffer.from(end).toString('latin1'),
    });
    expect(headers['x-injected']).toBeUndefined();
  }
  const paths = member.member.reads.map((read) => (read as { path: string }).path);
  expect(paths).toHaveLength(ENDS.length);
  expect(paths.every((path) => path.startsWith('/a'))).toBe(true);
  await proxy.stop();
  await member.server.close(100);
});
