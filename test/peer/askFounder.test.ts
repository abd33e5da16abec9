import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askFounder, askFounderName, parseFounderAnswer } from '../../src/peer/askFounder';

let server: Server;

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

const incarnation = '0123456789abcdef0123456789abcdef';
const question = { clusterId: 'cc', memberId: 'a1', incarnation };
const witness = { memberId: 'b2', incarnation, running: true, knows: 'late', started: false, changed: false };

it('asks in one request and reads the answer', async () => {
  let asked = '';
  const url = await serve((request, response) => {
    asked = `${request.method} ${request.url}`;
    response.end(JSON.stringify({ kind: 'witness', ...witness }));
  });
  expect(await askFounder(url, question, 2000)).toEqual({ kind: 'witness', ...witness });
  expect(asked).toBe(`POST /founders?clusterId=cc&memberId=a1&incarnation=${incarnation}`);
});

it('asks a founder which one it is', async () => {
  const name = { clusterId: 'cc', memberId: 'b2', incarnation };
  let said: object = name;
  const asked: string[] = [];
  const url = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end(JSON.stringify(said));
  });
  expect(await askFounderName(url, 2000)).toEqual(name);
  expect(asked).toEqual(['GET /founders']);
  said = { ...name, incarnation: 'short' };
  await expect(askFounderName(url, 2000)).rejects.toThrow('no incarnation');
  said = { ...name, clusterId: undefined };
  await expect(askFounderName(url, 2000)).rejects.toThrow('no id');
});

it('hears that the other belongs elsewhere', () => {
  expect(parseFounderAnswer('{"kind":"stranger","clusterId":"dd"}')).toEqual({ kind: 'stranger', clusterId: 'dd' });
});

it.each([
  ['null', /no object/],
  ['{"kind":"stranger","clusterId":"DD"}', /no id/],
  [JSON.stringify({ ...witness, knows: 'never' }), /what is known/],
  [JSON.stringify({ ...witness, memberId: 7 }), /no id/],
  [JSON.stringify({ ...witness, incarnation: 'x' }), /no incarnation/],
  [JSON.stringify({ ...witness, running: 'yes' }), /not complete/],
  [JSON.stringify({ ...witness, started: undefined }), /not complete/],
  ['<html>', /JSON/],
])('makes nothing up from %s', (text, reason) => {
  expect(() => parseFounderAnswer(text)).toThrow(reason);
});

it('a refusal, and an answer that is too long, are no answers', async () => {
  const refusing = await serve((_, response) => {
    response.writeHead(503).end('not yet');
  });
  await expect(askFounder(refusing, question, 2000)).rejects.toThrow('status 503');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const chatty = await serve((_, response) => {
    response.end(' '.repeat(10_000));
  });
  await expect(askFounder(chatty, question, 2000)).rejects.toThrow('longer than');
});

it('a URL that is none rejects', async () => {
  await expect(askFounder('nonsense', question, 2000)).rejects.toThrow();
});
