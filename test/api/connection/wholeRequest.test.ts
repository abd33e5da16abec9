/** Nothing changes before the whole request is there, whatever its method and the kind of its body. */
import { connect } from 'node:net';
import type { ApiUnderTest } from '../apiUnderTest';
import { startUnderTest, until } from '../apiUnderTest';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
});

afterEach(async () => {
  await api.server.close(100);
});

const KINDS = {
  'a form': ['Content-Type: application/x-www-form-urlencoded\r\n', 'value=1'],
  multipart: [
    'Content-Type: multipart/form-data; boundary=q\r\n',
    '--q\r\nContent-Disposition: form-data; name="value"\r\n\r\n1\r\n--q--\r\n',
  ],
  text: ['Content-Type: text/plain\r\n', 'value=1'],
  'no type': ['', 'value=1'],
} as const;

const ENDS = ['closes its half', 'goes away', 'waits'] as const;

const CASES = ['PUT', 'POST', 'DELETE'].flatMap((method) =>
  Object.keys(KINDS).flatMap((kind) => ENDS.map((end) => [method, kind as keyof typeof KINDS, end] as const)),
);

/** @param isAnswered an answer is waited for, not only the time in which one could come */
async function send(head: string, body: string, end: (typeof ENDS)[number], isAnswered: boolean): Promise<string> {
  const socket = connect({ port: api.clientPort, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.write(head + body);
  await new Promise((resolve) => setTimeout(resolve, 30));
  if (end === 'closes its half') socket.end();
  if (end === 'goes away') socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 70));
  if (isAnswered) await until(() => text.includes('\r\n\r\n'));
  socket.destroy();
  return text;
}

describe.each(CASES)('%s with %s, whose client then %s', (method, kind, end) => {
  const [type, body] = KINDS[kind];
  const expected = end === 'closes its half' ? /^HTTP\/1\.1 400 / : /^$/;

  test.each([
    ['a length that is not reached', `Content-Length: ${body.length + 1}`, body],
    ['a length and nothing else', 'Content-Length: 123', ''],
    ['no last chunk', 'Transfer-Encoding: chunked', `${body.length.toString(16)}\r\n${body}\r\n`],
  ])('%s changes nothing', async (_name, length, part) => {
    const head = `${method} /v2/keys/a HTTP/1.1\r\nHost: x\r\n${type}${length}\r\n\r\n`;
    expect(await send(head, part, end, end === 'closes its half')).toMatch(expected);
    expect(api.member.commands).toEqual([]);
  });
});

test.each(['PUT', 'POST', 'DELETE'])('%s is carried out when the rest comes', async (method) => {
  const head = `${method} /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\n`;
  expect(await send(head, 'value=1', 'waits', true)).toMatch(/^HTTP\/1\.1 20/);
  expect(api.member.commands).toHaveLength(1);
});

test.each([
  ['DELETE', '/v2/members/c9f751f0b0b4fa5a'],
  ['POST', '/v2/members'],
  ['PUT', '/v2/members/c9f751f0b0b4fa5a'],
  ['GET', '/new'],
  ['POST', '/new'],
])('%s %s waits for its body too', async (method, path) => {
  const removed = jest.spyOn(api.member, 'removeMember');
  const added = jest.spyOn(api.member, 'addMember');
  const updated = jest.spyOn(api.member, 'updateMember');
  const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n`;
  expect(await send(head, '{"peerURLs":["http://127.0.0.1:1"]}', 'closes its half', true)).toMatch(/^HTTP\/1\.1 400 /);
  for (const change of [removed, added, updated]) expect(change).not.toHaveBeenCalled();
  expect(api.member.commands).toEqual([]);
});
