/** A request as it goes onto the wire: nothing is encoded, checked or added behind the caller's back but Host and length. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, already percent-encoded. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Buffer;
}

export const FORM = 'application/x-www-form-urlencoded';

/** The request's bytes. Host and Content-Length are added unless `headers` names them. */
export function encodeRequest(request: WireRequest, host: string): Buffer {
  const named = new Set(request.headers.map(([name]) => name.toLowerCase()));
  const headers = [...request.headers];
  if (!named.has('host')) headers.unshift(['Host', host]);
  if (request.body !== undefined && !named.has('content-length') && !named.has('transfer-encoding')) {
    headers.push(['Content-Length', String(request.body.length)]);
  }
  const lines = [
    `${request.method} ${request.target} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(lines.join('\r\n')), request.body ?? Buffer.alloc(0)]);
}

/** Names and values as a urlencoded form, in the order given; a space becomes `+`, as browsers and Go's clients do. */
export function encodeForm(fields: readonly (readonly [name: string, value: string])[]): string {
  return fields.map(([name, value]) => `${encodeField(name)}=${encodeField(value)}`).join('&');
}

function encodeField(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+');
}

/** Names and values as multipart/form-data, the body `curl -F name=value` sends. */
export function encodeMultipart(fields: readonly (readonly [name: string, value: string])[], boundary: string): Buffer {
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return Buffer.from(`${parts.join('')}--${boundary}--\r\n`);
}
