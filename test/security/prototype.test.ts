/** Prototype pollution: `__proto__` and its like as names of keys, fields and parameters are names as any other, in memory and on disk. */
import { ask, sendRaw } from '../api/apiUnderTest';
import { startInProcess, type InProcess } from '../support/inProcess';

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

let server: InProcess;
let before: readonly unknown[];

/** What every object has, which nothing may change. */
function inherited(): readonly unknown[] {
  return [Object.prototype, Array.prototype, Function.prototype, Map.prototype].map((one) =>
    JSON.stringify(Object.getOwnPropertyNames(one)),
  );
}

beforeAll(async () => {
  before = inherited();
  server = await startInProcess('all');
});

afterAll(async () => {
  await server.stop();
});

afterEach(() => {
  expect(inherited()).toEqual(before);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

async function send(method: string, path: string, body?: string, type?: string) {
  const headers = type === undefined ? undefined : { 'content-type': type };
  const { status, body: text } = await ask(server.port, method, path, body, headers);
  return { status, body: text };
}

test.each(NAMES)('a key %s is set, read, listed, compared and deleted as any other', async (name) => {
  expect((await send('GET', `/v2/keys/${name}`)).status).toBe(404);
  expect((await send('PUT', `/v2/keys/${name}`, 'value=1')).status).toBe(201);
  const read = JSON.parse((await send('GET', `/v2/keys/${name}`)).body) as { node: unknown };
  expect(read.node).toMatchObject({ key: `/${name}`, value: '1' });
  // Names that begin with an underscore are in no list.
  const isListed = (await send('GET', '/v2/keys/?recursive=true')).body.includes(`"key":"/${name}"`);
  expect(isListed).toBe(!name.startsWith('_'));
  expect((await send('PUT', `/v2/keys/${name}?prevValue=1`, 'value=2')).status).toBe(200);
  expect((await send('DELETE', `/v2/keys/${name}?prevValue=2`)).status).toBe(200);
  expect((await send('GET', `/v2/keys/${name}`)).status).toBe(404);
});

test.each(NAMES)('a directory %s has none of what objects inherit', async (name) => {
  expect((await send('PUT', `/v2/keys/${name}`, 'dir=true')).status).toBe(201);
  for (const below of NAMES) expect((await send('GET', `/v2/keys/${name}/${below}`)).status).toBe(404);
  expect((await send('PUT', `/v2/keys/${name}/polluted`, 'value=1')).status).toBe(201);
  expect((await send('DELETE', `/v2/keys/${name}?recursive=true`)).status).toBe(200);
});

test.each(NAMES)('a parameter %s means nothing, in a query, a form and parts', async (name) => {
  const query = `${name}=1&${name}[polluted]=1&${name}.polluted=1`;
  expect((await send('PUT', `/v2/keys/p?${query}`, `${query}&value=1`)).status).toBeLessThan(300);
  const part = (field: string, value: string): string =>
    `--x\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`;
  const parts = `${part(name, '1')}${part(`${name}[polluted]`, '1')}${part('value', '1')}--x--\r\n`;
  const written = await send('PUT', '/v2/keys/p', parts, 'multipart/form-data; boundary=x');
  expect(JSON.parse(written.body)).toMatchObject({ action: 'set', node: { value: '1' } });
});

test.each(NAMES)('a field %s of JSON changes nothing', async (name) => {
  const field = `"${name}":{"polluted":1,"user":"x","peerURLs":["http://127.0.0.1:1"]}`;
  const json = 'application/json';
  expect((await send('POST', '/v2/members', `{${field}}`, json)).status).toBe(400);
  expect((await send('PUT', '/v2/auth/users/u', `{${field},"user":"u","password":"p"}`, json)).status).toBe(201);
  expect((await send('DELETE', '/v2/auth/users/u')).status).toBe(200);
  const level = await send('PUT', '/config/local/log', `{"${name}":{"Level":"DEBUG"}}`, json);
  expect(level.status).toBe(400);
});

test.each(NAMES)('a user, a role and a member %s are not there', async (name) => {
  expect((await send('GET', `/v2/auth/users/${name}`)).status).toBe(404);
  expect((await send('GET', `/v2/auth/roles/${name}`)).status).toBe(404);
  expect((await send('DELETE', `/v2/members/${name}`)).status).toBe(404);
  expect((await send('GET', `/${name}`)).status).toBe(404);
  const user = `{"user":"${name}","password":"p","roles":["${name}"]}`;
  expect((await send('PUT', `/v2/auth/users/${name}`, user, 'application/json')).status).toBe(200);
  // As in etcd; the role is none that objects inherit.
  expect((await send('GET', `/v2/auth/users/${name}`)).body).toContain(`auth: Role ${name} does not exist.`);
  expect((await send('DELETE', `/v2/auth/users/${name}`)).status).toBe(200);
});

test.each(NAMES)('a header %s is a header', async (name) => {
  const head = `GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${name}: 1\r\n`;
  expect(await sendRaw(server.port, `${head.replace('Host: x', 'Host: 127.0.0.1')}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
});
