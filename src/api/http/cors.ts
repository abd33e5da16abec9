/** Cross-origin headers (spec v2-api section 8, CORS). */
import type { ServerResponse } from 'node:http';

/**
 * Sets the headers on an answer whose origin is allowed. With `*` in the list every answer has them; otherwise only those
 * to a listed origin.
 */
export function applyCors(allowed: readonly string[], origin: string | undefined, response: ServerResponse): void {
  const permitted = allowed.includes('*') ? '*' : origin;
  if (permitted === undefined || !allowed.includes(permitted)) return;
  response.setHeader('Access-Control-Allow-Methods', 'POST, GET, OPTIONS, PUT, DELETE');
  response.setHeader('Access-Control-Allow-Origin', permitted);
  response.setHeader('Access-Control-Allow-Headers', 'accept, content-type, authorization');
}
