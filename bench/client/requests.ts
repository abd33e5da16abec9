/** The requests of the benchmark as bytes; bench/lua/requests.lua makes the same ones for wrk. */

/** Length of a value, where a load does not say otherwise. */
export const VALUE_BYTES = 64;
/** Keys of a large space are spread over directories of this many. */
const DIRECTORY_SIZE = 1000;

const HOST = 'Host: 127.0.0.1\r\n';

/** The path below /v2/keys of key number `index` of a space. */
export function keyPath(space: string, index: number): string {
  return `/${space}/${Math.floor(index / DIRECTORY_SIZE)}/${index}`;
}

/** `query` begins with `?` or is empty. */
export function getRequest(path: string, query = ''): string {
  return `GET /v2/keys${path}${query} HTTP/1.1\r\n${HOST}\r\n`;
}

/** The same request in the name of a user. @param user NAME:PASSWORD; absent: as it is */
export function inNameOf(user: string | undefined, request: string): string {
  if (user === undefined) return request;
  const credentials = `Authorization: Basic ${Buffer.from(user, 'utf8').toString('base64')}\r\n`;
  return request.replace(HOST, `${HOST}${credentials}`);
}

/** @param ttlSeconds the key stays for good if absent */
export function putRequest(path: string, ttlSeconds?: number, valueBytes = VALUE_BYTES): string {
  const value = 'v'.repeat(valueBytes);
  const body = ttlSeconds === undefined ? `value=${value}` : `value=${value}&ttl=${ttlSeconds}`;
  return (
    `PUT /v2/keys${path} HTTP/1.1\r\n${HOST}Content-Type: application/x-www-form-urlencoded\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  );
}
