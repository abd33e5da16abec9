import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  writeBadRequest,
  writeInternalError,
  writeJson,
  writeMethodNotAllowed,
  writeNotFound,
  writePlainText,
} from '../../../src/api/http/answers';
import { ask } from '../apiUnderTest';
import type { Answer } from '../apiUnderTest';

async function answerOf(listener: RequestListener): Promise<Answer> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await ask((server.address() as AddressInfo).port, 'GET', '/');
  } finally {
    server.close();
  }
}

test.each([
  [404, '404 page not found\n', writeNotFound],
  [500, 'Internal Server Error\n', writeInternalError],
] as const)('%d as Go writes it', async (status, body, write) => {
  const answer = await answerOf((_request, response) => write(response));
  expect(answer).toMatchObject({ status, body });
  expect(answer.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': String(body.length),
  });
});

test('405 names the methods in the given order, without spaces', async () => {
  const answer = await answerOf((_request, response) => writeMethodNotAllowed(response, ['PUT', 'GET']));
  expect(answer).toMatchObject({ status: 405, body: 'Method Not Allowed\n' });
  expect(answer.headers.allow).toBe('PUT,GET');
});

test('a bad request ends the connection', async () => {
  const answer = await answerOf((_request, response) => writeBadRequest(response));
  expect(answer).toMatchObject({ status: 400, body: '400 Bad Request' });
  expect(answer.headers.connection).toBe('close');
});

test('bytes are written as they are', async () => {
  const json = await answerOf((_request, response) => writeJson(response, 200, '"\xc3\xa9"'));
  expect(json.body).toBe('"\xc3\xa9"');
  expect(json.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '4' });
  const text = await answerOf((_request, response) => writePlainText(response, 201, '\xff'));
  expect(text).toMatchObject({ status: 201, body: '\xff' });
});

test('an answer that has begun is cut by an internal error', async () => {
  const answer = answerOf((_request, response) => {
    response.write('half');
    setTimeout(() => writeInternalError(response), 20);
  });
  await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
});
