/** What the proxy says itself, in the words of etcd 2.3 (spec cli-and-config section 2, proxy mode). */
import type { ServerResponse } from 'node:http';

/** `{"message":"proxy: ..."}`; cuts the answer off if one has begun. */
export function writeMessage(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify({ message: `proxy: ${text}` });
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

export function writePlain(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
